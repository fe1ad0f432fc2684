import { randomStream } from "../../base/index.ts";
import type { Facts } from "../facts/types.ts";
import type { LimitLine } from "../verdict/schema.ts";
import { counted, type Stretch } from "./evidence.ts";
import { type Held, highestHeld } from "./hold.ts";
import { lags } from "./lag.ts";
import type { Limit, Unjudged } from "./limits.ts";

/** How far one threshold holds. */
export function limitLine(facts: Facts, parts: readonly Stretch[], limit: Limit | Unjudged): LimitLine {
  const { expression } = limit.threshold;
  const base = { expression, samples: Math.round(limit.samples) };
  if ("why" in limit) return { ...base, why: limit.why };
  const data = heldData(facts, parts, limit);
  const estimate = highestHeld(data, randomStream(facts.manifest.seed, `line ${expression}`));
  if (estimate === undefined) {
    return { ...base, why: "no stage of the run says how it is at a load" };
  }
  const { point, low, high, shown, tried } = estimate;
  if (low === Number.POSITIVE_INFINITY) {
    if (shown > 0) return { ...base, above: shown };
    return {
      ...base,
      why: `no load was held for long enough to say that it holds there; it takes ten seconds and ${limit.enough} samples`,
    };
  }
  if (high <= tried.least) return { ...base, below: tried.least };
  if (point === 0) {
    return {
      ...base,
      doubtful: tried.least,
      why: `at ${tried.least}, the least load that was tried, it was broken, but by no more than chance may do`,
    };
  }
  return {
    ...base,
    holdsUpTo: {
      value: Math.min(point, tried.most),
      low: Math.min(low, shown),
      high: Math.min(high, tried.most),
      ...(high === Number.POSITIVE_INFINITY ? { open: true } : {}),
    },
  };
}

/** Each stage is a group, and within a stage of steps each step. */
function heldData(facts: Facts, parts: readonly Stretch[], limit: Limit): Held {
  const { asked } = facts.load;
  const marks = counted(facts, parts, limit);
  const loads: number[] = [];
  const margins: number[] = [];
  const weights: number[] = [];
  const groups: number[] = [];
  const behind: number[] = [];
  const hidden: number[] = [];
  const lag = lags(facts, parts, limit);
  let group = 0;
  for (const { from, to } of parts) {
    let held = 0;
    for (let i = from; i < to; i++) {
      if (marks[i] !== 1) continue;
      const load = asked[i] ?? 0;
      held = load === asked[i - 1] ? held + 1 : 0;
      if (held === 0 && load === asked[i + 1]) group++;
      loads.push(load);
      margins.push(limit.margin[i] ?? 0);
      weights.push(limit.weight[i] ?? 0);
      groups.push(group);
      behind.push(lag.behind[i] ?? 0);
      hidden.push(lag.seenOnly[i] ?? 0);
    }
    group++;
  }
  return {
    loads,
    margins,
    weights,
    groups,
    lags: behind,
    hidden,
    least: limit.least,
    enough: limit.enough,
    seconds: facts.width / 1000,
  };
}
