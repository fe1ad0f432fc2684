import { z } from "zod";
import type { QueryValue, RunReader } from "../record/index.ts";
import { numberOf } from "./scope.ts";
import type { GaugeSummary, StackPart } from "./summary-schema.ts";

/** What a simulated run says of its series: which of a part's names are gauges, which are counters. */
const signalsDetail = z.record(
  z.string(),
  z.looseObject({ gauges: z.array(z.string()), counters: z.array(z.string()) }),
);

/**
 * Both readings of every series of a part, once for the part's own (`own`) and once over its replicas. A counter that falls began again at
 * zero with a new replica: what it counts then is new.
 */
const READINGS = `
WITH points AS (
  SELECT time, name, value,
    regexp_extract(labels, 'part="([^"]*)"', 1) AS part,
    NOT contains(labels, 'replica="') AS own,
    lag(value) OVER (PARTITION BY name, labels ORDER BY time) AS before
  FROM series
  WHERE starts_with(labels, '{part="')
)
SELECT part, name, own, min(value), avg(value), max(value), arg_max(time, row(value, -time)), arg_max(value, row(time, value)),
  sum(CASE WHEN before IS NULL OR value < before THEN value ELSE value - before END)
FROM points
GROUP BY part, name, own
ORDER BY part, name, own`;

interface Reading {
  readonly gauge: GaugeSummary;
  readonly counter: number;
}

/** What each part of a simulated run's stack went through, in the order of the stack; undefined for a live run. */
export async function stackParts(run: RunReader): Promise<StackPart[] | undefined> {
  const { simulated } = run.manifest.run;
  if (simulated === undefined) return undefined;
  const signals = await readSignals(run);
  const readings = await readReadings(run);
  const kinds = new Map((simulated.parts ?? []).map(({ name, kind }) => [name, kind]));
  return [...new Set([...kinds.keys(), ...signals.keys()])].map((part) => {
    const kind = kinds.get(part);
    const { gauges, counters } = signals.get(part) ?? { gauges: new Set<string>(), counters: new Set<string>() };
    const of = <T>(names: ReadonlySet<string>, pick: (reading: Reading) => T): Record<string, T> =>
      Object.fromEntries(
        [...names].flatMap((name) => {
          const reading = readings.get(keyOf(part, name));
          return reading === undefined ? [] : [[name, pick(reading)] as const];
        }),
      );
    return {
      part,
      ...(kind === undefined ? {} : { kind }),
      gauges: of(gauges, ({ gauge }) => gauge),
      counters: of(counters, ({ counter }) => counter),
    };
  });
}

const keyOf = (part: string, name: string): string => JSON.stringify([part, name]);

interface Signals {
  readonly gauges: Set<string>;
  readonly counters: Set<string>;
}

async function readSignals(run: RunReader): Promise<ReadonlyMap<string, Signals>> {
  const { rows } = await run.query(
    "SELECT detail::VARCHAR FROM events WHERE kind = 'stack' AND name = 'signals' ORDER BY time",
  );
  const signals = new Map<string, Signals>();
  for (const [detail] of rows) {
    if (typeof detail !== "string") continue;
    for (const [part, told] of Object.entries(signalsDetail.parse(JSON.parse(detail)))) {
      const known = signals.get(part) ?? { gauges: new Set(), counters: new Set() };
      for (const name of told.gauges) known.gauges.add(name);
      for (const name of told.counters) known.counters.add(name);
      signals.set(part, known);
    }
  }
  return signals;
}

/** Of a name that a part gives for itself and for its replicas, the part's own reading. */
async function readReadings(run: RunReader): Promise<ReadonlyMap<string, Reading>> {
  const { rows } = await run.query(READINGS);
  const readings = new Map<string, Reading>();
  for (const [part, name, own, least, mean, greatest, greatestAt, last, counter] of rows) {
    if (typeof part !== "string" || typeof name !== "string") continue;
    const key = keyOf(part, name);
    if (own !== true && readings.has(key)) continue;
    readings.set(key, {
      gauge: {
        least: figure(least),
        mean: figure(mean),
        greatest: figure(greatest),
        greatestAt: figure(greatestAt),
        last: figure(last),
      },
      counter: figure(counter),
    });
  }
  return readings;
}

function figure(value: QueryValue | undefined): number {
  const number = numberOf(value);
  if (number === undefined) throw new RangeError("a series holds a point without a value");
  return number;
}
