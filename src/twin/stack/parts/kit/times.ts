import { z } from "zod";
import { count, quantity, share } from "../../fields.ts";

/** A stretch of the kernel's time, ms: from <= t < to. */
interface Window {
  readonly from: number;
  readonly to: number;
}
export interface SlowPeriod extends Window {
  readonly factor: number;
}
export interface Outage extends Window {
  /** HTTP status; 0: the connection breaks. */
  readonly status: number;
  /** Of the calls that come meanwhile. */
  readonly share: number;
  /** Whether it also breaks streams that are under way when it begins. */
  readonly severs: boolean;
}

const FROM = quantity("duration", "From", "When it begins, from the stack's start.", "zero");
const FOR = quantity("duration", "For", "How long it lasts.");

/** HTTP statuses of failures, and 0 for a connection that breaks. */
export const failStatus = (title: string, description: string) =>
  z
    .union([z.int().min(400).max(599), z.literal(0)])
    .meta({ title, description: `${description} 0: the connection breaks.` });

export interface ErrorRate {
  readonly rate: number;
  readonly status: number;
}

/** `0.01`, or `{ rate: 0.01, status: 502 }`. */
export const errorRate = (title: string, description: string) =>
  z
    .union([
      share(title, `${description} They fail with 500.`).transform((rate): ErrorRate => ({ rate, status: 500 })),
      z
        .strictObject({
          rate: share("Rate", "Share of the calls."),
          status: failStatus("Status", "What they fail with.").default(500),
        })
        .transform((entry): ErrorRate => entry)
        .meta({ title: "With a status", description: "A share and the status that it fails with." }),
    ])
    .meta({ title, description });

export const slowPeriods = () =>
  z
    .array(
      z
        .strictObject({
          from: FROM,
          for: FOR,
          factor: z
            .number()
            .positive()
            .max(1e6)
            .meta({ title: "Factor", description: "How many times as long work takes meanwhile." }),
        })
        .transform((entry): SlowPeriod => ({ from: entry.from, to: entry.from + entry.for, factor: entry.factor })),
    )
    .max(1000)
    .default([])
    .meta({ title: "Slow periods", description: "When the part is slower than at rest; overlapping ones multiply." });

export const outages = () =>
  z
    .array(
      z
        .strictObject({
          from: FROM,
          for: FOR,
          status: failStatus("Status", "Status of the calls that fail.").default(503),
          share: share("Share", "Share of the calls that come meanwhile.").default(1),
          severs: z
            .boolean()
            .default(false)
            .meta({ title: "Severs", description: "Whether streams under way break when it begins." }),
        })
        .transform(
          (entry): Outage => ({
            from: entry.from,
            to: entry.from + entry.for,
            status: entry.status,
            share: entry.share,
            severs: entry.severs,
          }),
        ),
    )
    .max(1000)
    .default([])
    .meta({ title: "Outages", description: "When calls fail, wholly or in part." });

export const instants = (title: string, description: string) =>
  z
    .array(quantity("duration", "At", "Time from the stack's start.", "zero"))
    .max(1000)
    .default([])
    .transform((times) => [...times].sort((a, b) => a - b))
    .meta({ title, description });

export const servers = (title: string, description: string) => count(title, description, 1, 100_000);

export function outageAt(list: readonly Outage[], time: number): Outage | undefined {
  return list.find((entry) => entry.from <= time && time < entry.to);
}

/** How many of these sorted instants have come. */
export function passed(instants: readonly number[], time: number): number {
  let count = 0;
  while (count < instants.length && (instants[count] ?? 0) <= time) count++;
  return count;
}

/**
 * When work of `ms` (at rest) that begins at `start` is finished: it goes on at 1 / factor of its speed in slow periods, also in those that begin
 * or end while it is under way.
 */
export function finishAt(periods: readonly SlowPeriod[], start: number, ms: number): number {
  if (periods.length === 0) return start + ms;
  const edges = periods
    .flatMap(({ from, to }) => [from, to])
    .filter((edge) => edge > start)
    .sort((a, b) => a - b);
  let at = start;
  let left = ms;
  for (const edge of edges) {
    const factor = factorAt(periods, at);
    if (at + left * factor <= edge) return at + left * factor;
    left -= (edge - at) / factor;
    at = edge;
  }
  return at + left * factorAt(periods, at);
}

function factorAt(periods: readonly SlowPeriod[], time: number): number {
  return periods.reduce((all, { from, to, factor }) => (from <= time && time < to ? all * factor : all), 1);
}
