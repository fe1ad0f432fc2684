import type { Summary } from "../../analyse/index.ts";
import type { Weakness } from "../../twin/index.ts";
import type { Paint } from "../paint.ts";
import type { Reason } from "../reasons.ts";

export interface SectionContext {
  readonly width: number;
  readonly paint: Paint;
  readonly mode: "full" | "compact";
  /** Paths below it are shown relative to it. */
  readonly cwd: string | undefined;
  readonly reasons: readonly Reason[];
  readonly weaknesses: readonly KnownWeakness[];
  /** The launch verdict above says already that the generator limited the run. */
  readonly limitIsTold: boolean;
}

/** How a weakness shows, if it was planted in the stack of a simulated run. */
export type KnownWeakness = Pick<Weakness, "name" | "shows">;

/** Lines of one part of the summary; none where the part has nothing to say. */
export type Section = (summary: Summary, context: SectionContext) => string[];

/** A section's head line: its name, and one sentence on what it shows. */
export function heading(title: string, remark: string, { paint, width }: SectionContext): string {
  const room = width - title.length - 2;
  const short = remark.length > room ? "" : remark;
  return short === "" ? paint(title, "bold") : `${paint(title, "bold")}  ${paint(short, "dim")}`;
}
