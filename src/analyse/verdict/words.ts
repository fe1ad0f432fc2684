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

/**
 * `It carries 2.9 sessions a second.` Where other limits were only tried at less than the load at which one breaks, no more is known than that
 * it carries at most that.
 */
export function carried({ unit, safe, limits, tried }: LoadLine): string {
  const below = limits.flatMap((limit) => (limit.below === undefined ? [] : [limit.below]));
  if (below.length > 0) return `It does not carry ${amount(Math.min(...below), unit)}, the least that was tried.`;
  const above = limits.flatMap((limit) =>
    limit.above === undefined || OF_ONE_STAGE.test(limit.expression) ? [] : [limit.above],
  );
  if (safe !== undefined) {
    return `It carries ${above.some((most) => most < safe.value) ? "at most " : ""}${amount(safe.value, unit)}.`;
  }
  if (above.length > 0)
    return `It carries ${amount(Math.min(...above), unit)}, the most that its limits were tried at.`;
  return `It was asked for up to ${amount(tried.most, unit)}; no limit could be judged.`;
}

/** `First token p95 under 800 ms holds up to 2.9 sessions a second (95 %: 2.4 to 3.3; n = 612).` @param limit as `limitWords` says it */
export function holdsSentence(
  limit: string,
  { holdsUpTo, above, below, samples, why }: Omit<LimitLine, "expression">,
  unit: Unit,
): string {
  const n = `n = ${samples}`;
  const name = capitalised(limit);
  if (holdsUpTo !== undefined) {
    const { value, low, high } = holdsUpTo;
    return `${name} holds up to ${amount(value, unit)} (95 %: ${formatNumber(low)} to ${formatNumber(high)}; ${n}).`;
  }
  if (above !== undefined) return `${name} held up to ${amount(above, unit)}, the most it was tried at (${n}).`;
  if (below !== undefined) return `${name} did not hold at ${amount(below, unit)}, the least that was tried (${n}).`;
  return `${name}: ${why ?? "nothing can be said"}.`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
