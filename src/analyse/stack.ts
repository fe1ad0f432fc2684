import { z } from "zod";
import type { RunReader } from "../record/index.ts";
import { readLabels } from "./labels.ts";
import { type PointReader, readPoints } from "./points.ts";
import type { GaugeSummary, StackPart } from "./summary-schema.ts";

/** What a simulated run says of its series: which of a part's names are gauges, which are counters. */
const signalsDetail = z.record(
  z.string(),
  z.looseObject({ gauges: z.array(z.string()), counters: z.array(z.string()) }),
);

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
  const found = new Map<string, { own: Look[]; ofReplicas: Look[] }>();
  await readPoints(run, `starts_with(labels, '{part="')`, (name, text) => {
    const { part = "", replica } = readLabels(text);
    const key = keyOf(part, name);
    const looks = found.get(key) ?? { own: [], ofReplicas: [] };
    found.set(key, looks);
    const look = new Look();
    (replica === undefined ? looks.own : looks.ofReplicas).push(look);
    return look;
  });
  return new Map(
    [...found].map(([key, { own, ofReplicas }]) => [key, readingOf(own.length > 0 ? own : ofReplicas)] as const),
  );
}

/** Both readings of one series. A counter that falls began again at zero with a new replica: what it counts then is new. */
class Look implements PointReader {
  n = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  greatestAt = Number.NaN;
  last = Number.NaN;
  lastAt = Number.NEGATIVE_INFINITY;
  counter = 0;

  point(time: number, value: number): void {
    this.counter += this.n === 0 || value < this.last ? value : value - this.last;
    this.n++;
    this.sum += value;
    this.least = Math.min(this.least, value);
    if (value > this.greatest) {
      this.greatest = value;
      this.greatestAt = time;
    }
    this.last = value;
    this.lastAt = time;
  }
}

/** Of several series, such as those of replicas, as one. */
function readingOf(looks: readonly Look[]): Reading {
  const sum = (of: (look: Look) => number): number => looks.reduce((total, look) => total + of(look), 0);
  const most = (of: (look: Look) => number): number => Math.max(...looks.map(of));
  const greatest = most((look) => look.greatest);
  const lastAt = most((look) => look.lastAt);
  return {
    gauge: {
      least: Math.min(...looks.map(({ least }) => least)),
      mean: sum(({ sum: total }) => total) / sum(({ n }) => n),
      greatest,
      greatestAt: Math.min(...looks.filter((look) => look.greatest === greatest).map(({ greatestAt }) => greatestAt)),
      last: Math.max(...looks.filter((look) => look.lastAt === lastAt).map(({ last }) => last)),
    },
    counter: sum(({ counter }) => counter),
  };
}
