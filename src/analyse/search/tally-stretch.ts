import { OUTCOMES } from "../../base/index.ts";
import type { Threshold } from "../../plan/index.ts";
import type { TallyCell } from "../../record/index.ts";
import { type Sparse, valueOf } from "../../stats/index.ts";
import { holds } from "../judge.ts";
import type { Stretch } from "./evidence.ts";
import type { SearchLimit } from "./limits.ts";

/** What one tally's cell adds to a limit: by histogram, so a value within 0.4 % of the limit may count on its other side. */
export function stretchOf({ threshold, kind, sign, allowed }: SearchLimit, cell: TallyCell): Stretch {
  const { subject, operator, limit } = threshold;
  const attempts = sum(cell.outcomes);
  switch (subject.kind) {
    case "metric": {
      const sparse = cell.metrics[subject.metric];
      if (sparse === undefined) return { hits: 0, n: 0 };
      if (kind === "mean") return { hits: total(sparse, valueOf), n: sum(sparse.counts) };
      const at = limit.kind === "value" ? limit.value : allowed;
      return {
        hits: total(sparse, (bucket) => Number(isBeyond(operator, sign, valueOf(bucket), at))),
        n: sum(sparse.counts),
      };
    }
    case "errors.rate":
      return { hits: ended(cell, ({ error }) => error), n: attempts };
    case "outcomes":
      return { hits: ended(cell, ({ name }) => name === subject.outcome), n: attempts };
    case "cost":
      return {
        hits: cell.cost,
        n: subject.aggregate === "perGoodAnswer" ? cell.good : ended(cell, ({ answered }) => answered),
      };
    case "rates":
    case "tokens":
      return { hits: 0, n: 0 };
  }
}

/** Where more is worse, what does not keep the limit; where less is, what does: so that the share allowed is 1 - p of either. */
function isBeyond(operator: Threshold["operator"], sign: 1 | -1, value: number, limit: number): boolean {
  return sign === 1 ? !holds(operator, value, limit) : holds(operator, value, limit);
}

function ended(cell: TallyCell, counts: (outcome: (typeof OUTCOMES)[number]) => boolean): number {
  return OUTCOMES.reduce((found, outcome, i) => found + (counts(outcome) ? (cell.outcomes[i] ?? 0) : 0), 0);
}

function total({ buckets, counts }: Sparse, of: (bucket: number) => number): number {
  let found = 0;
  for (let i = 0; i < buckets.length; i++) found += of(buckets[i] ?? 0) * (counts[i] ?? 0);
  return found;
}

function sum(values: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) found += values[i] ?? 0;
  return found;
}
