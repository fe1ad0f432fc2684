import { randomStream } from "../../../base/index.ts";
import { factsOf, type StageSketch } from "../../facts/test/facts-of.ts";
import type { Facts } from "../../facts/types.ts";
import type { Limit } from "../limits.ts";

export interface QueueRun {
  readonly facts: Facts;
  /** `response.p95` below the limit. */
  readonly limit: Limit;
}

/** Poisson arrivals at what the stages ask for, to one queue of `servers` with exponential service, `rate` a second each; bins of a second. */
export function queueRun(
  stages: readonly StageSketch[],
  {
    rate,
    servers = 1,
    limit,
    seed,
  }: { readonly rate: number; readonly servers?: number; readonly limit: number; readonly seed: number },
): QueueRun {
  const random = randomStream(seed, "queue");
  const next = (perSecond: number): number => -Math.log(1 - random.next()) / perSecond;
  const sketch = factsOf({ stages, drain: 60, slo: [`response.p95 < ${limit}s`] });
  const { asked } = sketch.load;
  const most = Math.max(...sketch.stages.map(({ peak }) => peak)) * 1.1;
  const column = () => new Float64Array(sketch.bins);
  const [margin, weight, started, ended] = [column(), column(), column(), column()];
  const responses = Array.from({ length: sketch.bins }, (): number[] => []);
  const free = new Array<number>(servers).fill(0);
  let samples = 0;
  for (let at = next(most); at < sketch.bins; at += next(most)) {
    const bin = Math.floor(at);
    if (!(random.next() * most < (asked[bin] ?? 0))) continue;
    let server = 0;
    for (let i = 1; i < servers; i++) if ((free[i] ?? 0) < (free[server] ?? 0)) server = i;
    const end = Math.max(at, free[server] ?? 0) + next(rate);
    free[server] = end;
    add(margin, bin, (end - at >= limit ? 1 : 0) - 0.05);
    add(weight, bin, 1);
    add(started, bin, 1);
    add(ended, Math.floor(end), 1);
    responses[bin]?.push(1000 * (end - at));
    samples++;
  }
  const inFlight = column();
  let open = 0;
  for (let i = 0; i < sketch.bins; i++) {
    const change = (started[i] ?? 0) - (ended[i] ?? 0);
    inFlight[i] = open + change / 2;
    open += change;
  }
  const responseP50 = Float64Array.from(
    responses,
    (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN,
  );
  const facts: Facts = {
    ...sketch,
    load: { ...sketch.load, started, sessionsStarted: started, ended, answered: ended, inFlight },
    client: { ...sketch.client, attempts: weight, responseP50 },
  };
  const [threshold] = facts.manifest.slo;
  if (threshold === undefined) throw new Error("no threshold");
  return { facts, limit: { threshold, margin, weight, samples, least: 20, enough: 73, wait: limit } };
}

function add(column: Float64Array, bin: number, value: number): void {
  if (bin < column.length) column[bin] = (column[bin] ?? 0) + value;
}
