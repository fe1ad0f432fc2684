import { formatNumber } from "../../base/index.ts";
import type { LimitLine, LoadLine } from "./schema.ts";

type Unit = LoadLine["unit"];

const UNITS: Readonly<Record<Unit, readonly [one: string, more: string]>> = {
  "sessions/s": ["session a second", "sessions a second"],
  users: ["user at once", "users at once"],
};

/** `2.9 sessions a second` */
export function amount(value: number, unit: Unit): string {
  const figure = formatNumber(value);
  return `${figure} ${UNITS[unit][figure === "1" ? 0 : 1]}`;
}

/** A limit on one stage was tried at no other load. */
const OF_ONE_STAGE = /\{[^}]*\bstage=/;

/** `It carries 2.9 sessions a second.` */
export function carried({ unit, safe, limits, tried }: LoadLine): string {
  const below = limits.flatMap((limit) => (limit.below === undefined ? [] : [limit.below]));
  if (below.length > 0) return `It does not carry ${amount(Math.min(...below), unit)}, the least that was tried.`;
  const above = limits.flatMap((limit) =>
    limit.above === undefined || OF_ONE_STAGE.test(limit.expression) ? [] : [limit.above],
  );
  if (safe !== undefined) return `It carries ${amount(safe.value, unit)}.`;
  if (above.length > 0)
    return `It carries ${amount(Math.min(...above), unit)}, the most that its limits were tried at.`;
  return `It was asked for up to ${amount(tried.most, unit)}; no limit says how that went.`;
}

/** `ttft.p95 < 800ms holds up to 2.9 sessions a second (95 %: 2.4 to 3.3; n = 612).` */
export function holdsSentence({ expression, holdsUpTo, above, below, samples, why }: LimitLine, unit: Unit): string {
  const n = `n = ${samples}`;
  if (holdsUpTo !== undefined) {
    const { value, low, high } = holdsUpTo;
    return `${expression} holds up to ${amount(value, unit)} (95 %: ${formatNumber(low)} to ${formatNumber(high)}; ${n}).`;
  }
  if (above !== undefined) return `${expression} held up to ${amount(above, unit)}, the most it was tried at (${n}).`;
  if (below !== undefined)
    return `${expression} did not hold at ${amount(below, unit)}, the least that was tried (${n}).`;
  return `${expression}: ${why ?? "nothing can be said"}.`;
}
