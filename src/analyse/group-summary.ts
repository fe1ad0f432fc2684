import { metricSummary } from "./metric-summary.ts";
import type { Measured, Scope } from "./scope.ts";
import { metricsOf } from "./scope.ts";
import type { Group } from "./summary-schema.ts";
import type { Timing } from "./timing.ts";

/** One scope of the summary. */
export function groupSummary(measured: Measured, scope: Scope, time: Timing): Group {
  const asked = time.asked(scope);
  const cost = costOf(measured);
  return {
    sessions: measured.sessions,
    attempts: measured.attempts,
    outcomes: { ...measured.outcomes },
    metrics: Object.fromEntries(metricsOf(measured).map(([name, distribution]) => [name, metricSummary(distribution)])),
    rates: { ...(asked === undefined ? {} : { asked }), ...ratesOf(measured, time.duration(scope)) },
    tokens: tokensOf(measured),
    ...(cost ? { cost } : {}),
  };
}

/** Per second of the scope's own time; 0 for one that never ran. */
export function ratesOf(measured: Measured, duration: number): Omit<Group["rates"], "asked"> {
  const per = (count: number): number => (duration > 0 ? (count / duration) * 1000 : 0);
  return { started: per(measured.sessions), completed: per(measured.answered), goodput: per(measured.good) };
}

function tokensOf({ tokens, counted }: Measured): Group["tokens"] {
  const { input, cached, output, reasoning } = tokens;
  const source =
    counted.server > 0 ? (counted.tokenizer > 0 ? "mixed" : "server") : counted.tokenizer > 0 ? "tokenizer" : undefined;
  return {
    ...(input === undefined ? {} : { input }),
    ...(cached === undefined ? {} : { cached }),
    ...(output === undefined ? {} : { output }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Every known dollar, wasted ones included, over the answers, and the good answers, whose cost is known. */
export function costOf({ cost, priced }: Measured): Group["cost"] {
  if (cost === undefined) return undefined;
  return {
    total: cost,
    ...(priced.answered > 0 ? { perAnswer: cost / priced.answered } : {}),
    ...(priced.good > 0 ? { perGoodAnswer: cost / priced.good } : {}),
  };
}
