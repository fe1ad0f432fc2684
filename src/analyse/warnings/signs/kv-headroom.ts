import { theilSen } from "../../../stats/index.ts";
import type { Column } from "../../facts/types.ts";
import type { Sign, Warning } from "../sign.ts";

/** Bins over which the rise is measured. */
const OVER = 30;
/** Time left (s) below which there is cause for alarm, in use at least this much, for so many bins. */
const SOON = 90;
const USED = 0.5;
const BINS = 5;
/** Full is full, however slowly it was reached. */
const FULL = 0.95;

/** Time until the KV cache is full: (1 - u) / (du/dt). */
export const kvHeadroom: Sign = {
  name: "kv-headroom",
  happened: "KV memory was running out",
  falseAlarms: 0.05,
  look: ({ width }, servers, from, until) =>
    servers.parts("server.kv.used").flatMap((part): Warning[] => {
      const used = servers.of("server.kv.used", part);
      if (used === undefined) return [];
      const left = Float64Array.from({ length: until }, (_, at) =>
        at < from + OVER ? Number.NaN : timeLeft(used, at, width),
      );
      const at = lastingTo(until, from, (bin) => (left[bin] ?? Number.NaN) < SOON);
      if (at === undefined) return [];
      const [then, now] = [used[at] ?? Number.NaN, used.slice(0, until).findLast(Number.isFinite) ?? Number.NaN];
      return [
        {
          at,
          measure: `time until server.kv.used of ${part} is 1`,
          unit: "s",
          component: part,
          before: SOON,
          after: left[at] ?? Number.NaN,
          test: "Theil-Sen over 30 bins, lower end of its 95 % interval above zero",
          words: `${Math.round(100 * then)} % were in use and rising so that ${Math.round(left[at] ?? 0)} s were left; ${Math.round(100 * now)} % when the failure came`,
          alert: {
            values: used,
            above: then,
            say: (above) => `server.kv.used of ${part} above ${Math.round(100 * above)} % and rising`,
          },
        },
      ];
    }),
};

/** Seconds; Infinity where it does not rise. */
function timeLeft(used: Column, at: number, width: number): number {
  const recent = used.slice(at - OVER + 1, at + 1);
  const now = recent.findLast(Number.isFinite) ?? Number.NaN;
  if (Number.isNaN(now)) return Number.NaN;
  if (now >= FULL) return 0;
  if (now < USED) return Number.POSITIVE_INFINITY;
  const { slope, low } = theilSen([...recent.keys()], recent);
  return low > 0 ? ((1 - now) / slope) * (width / 1000) : Number.POSITIVE_INFINITY;
}

/** First bin of the last stretch that satisfies `fits`, but for single bins, and goes on to the end. */
function lastingTo(until: number, from: number, fits: (bin: number) => boolean): number | undefined {
  let first: number | undefined;
  let misses = 0;
  for (let bin = until - 1; bin >= from && misses < BINS; bin--) {
    if (fits(bin)) {
      first = bin;
      misses = 0;
    } else misses++;
  }
  return first !== undefined && until - first >= BINS ? first : undefined;
}
