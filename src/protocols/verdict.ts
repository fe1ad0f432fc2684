import type { Outcome } from "../base/index.ts";

/** How an attempt ended: what the record keeps. `reason` is raw: the caller redacts and clips it. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string | undefined;
}
