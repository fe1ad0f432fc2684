import { formatNumber } from "../../base/index.ts";
import type { Evidence } from "../verdict/schema.ts";
import type { Clue } from "./types.ts";

/** No clue weighs more: e^3 is about 20 to 1. */
const MOST = 3;

/** What a clue says, but for whom it speaks; figures that were not measured are left out. */
export interface Saying extends Omit<Evidence, "speaks" | "before" | "after"> {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

/** A clue; undefined where its weight could not be computed or says nothing. */
export function clue(weight: number, { before, after, ...saying }: Saying): Clue[] {
  if (!Number.isFinite(weight) || Math.abs(weight) < 0.05) return [];
  const bounded = Math.max(-MOST, Math.min(MOST, weight));
  const evidence: Evidence = {
    ...saying,
    ...(isFigure(before) ? { before } : {}),
    ...(isFigure(after) ? { after } : {}),
    speaks: bounded > 0 ? "for" : "against",
  };
  return [{ weight: bounded, evidence }];
}

const isFigure = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** From -`against` at `low` to +`support` at `high`, straight in between; `high` may be the smaller one. NaN of NaN. */
export function graded(value: number, low: number, high: number, support = MOST, against = support): number {
  const share = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return share * (support + against) - against;
}

export const percent = (share: number): string => `${formatNumber(share * 100)} %`;
export const figure = (value: number): string => formatNumber(value);
/** after / before; NaN where there is nothing to compare with. */
export function growth(before: number, after: number): number {
  return before > 0 ? after / before : Number.NaN;
}
