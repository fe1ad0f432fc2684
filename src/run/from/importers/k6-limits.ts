import { isItems, isMap, itemsOf, mapOf, member, type Value } from "../script/value.ts";
import type { Draft, Left, LimitInput } from "../types.ts";
import { duration, percent, readDuration } from "../units.ts";

/** k6's trends to Plimsoll's metrics. */
const TRENDS: Readonly<Record<string, string>> = {
  http_req_duration: "response",
  http_req_waiting: "ttfb",
  http_req_connecting: "connect",
};
const AGGREGATES: Readonly<Record<string, string>> = { avg: "mean", med: "p50", max: "max", min: "min" };

/** `p(95)<500`, `rate<0.01` as a limit of a plan; undefined where it says something else. */
function limitOf(metric: string, expression: string): string | undefined {
  const match = /^\s*(p\(\d+(?:\.\d+)?\)|[a-z]+)\s*(<=|>=|<|>|===?|!==?)\s*(\d+(?:\.\d+)?)\s*$/.exec(expression);
  const [, aggregate = "", sign = "", value = ""] = match ?? [];
  const operator = sign.startsWith("==") ? "==" : sign.startsWith("!=") ? "!=" : sign;
  if (match === null) return undefined;
  if (metric === "http_req_failed")
    return aggregate === "rate" ? `errors.rate ${operator} ${percent(Number(value))}` : undefined;
  const trend = TRENDS[metric];
  const percentile = /^p\((.*)\)$/.exec(aggregate)?.[1];
  const name = percentile === undefined ? AGGREGATES[aggregate] : `p${percentile}`;
  return trend === undefined || name === undefined ? undefined : `${trend}.${name} ${operator} ${value}ms`;
}

/** k6's thresholds as `slo`. */
export function limitsOfK6(thresholds: Value | undefined, left: Left[]): Draft["slo"] {
  const limits: { limit: LimitInput; from: string }[] = [];
  for (const [metric, value] of mapOf(thresholds)) {
    const from = `options.thresholds.${metric}`;
    for (const item of isItems(value) ? itemsOf(value) : [value]) {
      const expression = isMap(item) ? member(item, "threshold") : item;
      const limit = typeof expression === "string" ? limitOf(metric, expression) : undefined;
      if (limit === undefined) {
        left.push({
          place: from,
          what:
            typeof expression === "string"
              ? `${expression}: no figure of a run`
              : "a limit that only the script can tell",
        });
        continue;
      }
      const abort = member(item, "abortOnFail") === true;
      const after = member(item, "delayAbortEval");
      const ms = typeof after === "string" ? readDuration(after, 1000) : undefined;
      limits.push({
        limit: abort
          ? { expect: limit, abortOnFail: true, ...(ms === undefined ? {} : { after: duration(ms) }) }
          : limit,
        from,
      });
    }
  }
  return limits;
}
