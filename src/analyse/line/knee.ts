import { segmented } from "../../stats/index.ts";
import type { LoadLine } from "../verdict/schema.ts";
import type { Window } from "./windows.ts";

/** BIC that two lines must be better than one: strong evidence (Kass and Raftery 1995). */
const STRONG = 6;
/** The second slope is at least so many times the first, or it is no knee that anyone would see. */
const STEEPER = 2;

/** The load from which on the median response time climbs faster: where two lines meet, if two are better than one. */
export function kneeOf(windows: readonly Window[]): LoadLine["knee"] {
  const measured = windows.filter(({ response, attempts }) => attempts > 0 && !Number.isNaN(response));
  const column = (pick: (window: Window) => number): number[] => measured.map(pick);
  const found = segmented(
    column(({ load }) => load),
    column(({ response }) => response),
    column(({ attempts }) => attempts),
  );
  if (found === undefined || found.bicGain < STRONG) return undefined;
  const { before, after, breakpoint, low, high } = found;
  if (after.slope <= 0 || after.slope < STEEPER * before.slope) return undefined;
  return { value: breakpoint, low, high };
}
