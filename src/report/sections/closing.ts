import { wrap } from "../text.ts";
import { closingLine, VERDICTS } from "./headline.ts";
import type { Section } from "./section.ts";

/** The verdict again, where it still stands on a small screen. */
export const closing: Section = (summary, { width, paint }) =>
  wrap(closingLine(summary), width, "  ", "").map((line) => paint(line, VERDICTS[summary.verdict].style));
