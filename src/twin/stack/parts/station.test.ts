import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";
import { erlangC, mean, variance, waitMG1, waitMMc, wilson } from "../../../stats/index.ts";

const STATION = (fields: string) => `parts: { tool: { kind: station, stage: tool, ${fields} } }`;

function run(yaml: string, asked: readonly Asked[]): Outcome[] {
  const { kernel, ask } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  return outcomes;
}

const queueMs = ({ spans }: Outcome) => Number(spans[0]?.attributes?.queueMs);

const BATCHES = 20;

/** How many standard errors the mean is off; neighbours hang together, so the error is that of batch means. */
function errorsOff(values: readonly number[], formula: number): number {
  const size = Math.floor(values.length / BATCHES);
  const means = Array.from({ length: BATCHES }, (_, i) => mean(values.slice(i * size, (i + 1) * size)));
  const error = Math.sqrt(variance(means) / BATCHES);
  // Too few samples would agree with anything.
  return error < 0.15 * formula ? Math.abs(mean(means) - formula) / error : Number.POSITIVE_INFINITY;
}

test("with exponential services and c servers calls wait as Erlang's C says", () => {
  const [servers, service] = [3, 20];
  const rate = (0.8 * servers) / service;
  const waits = run(STATION(`servers: ${servers}, service: { mean: ${service}ms }`), poisson(rate, 40_000)).map(
    queueMs,
  );
  const had = waits.map((wait) => (wait > 0 ? 1 : 0));
  expect(errorsOff(waits, waitMMc(rate, service, servers))).toBeLessThan(4);
  expect(errorsOff(had, erlangC(rate * service, servers))).toBeLessThan(4);
});

test("one server with lognormal services is the M/G/1 queue of Pollaczek and Khinchine", () => {
  const [service, cv] = [20, 1.5];
  const rate = 0.6 / service;
  const outcomes = run(STATION(`service: { mean: ${service}ms, cv: ${cv} }`), poisson(rate, 40_000));
  expect(errorsOff(outcomes.map(queueMs), waitMG1(rate, service, cv))).toBeLessThan(4);
});

test("median and p99 of the services are those of the file", () => {
  const outcomes = run(STATION("servers: 1000, service: { median: 20ms, p99: 100ms }"), poisson(1, 20_000));
  const times = outcomes.map(({ at, endAt }) => endAt - at).sort((a, b) => a - b);
  expect(times[10_000]).toBeCloseTo(20, -0.5);
  const above = times.filter((time) => time > 100).length;
  const [low, high] = [wilson(above, times.length).low, wilson(above, times.length).high];
  expect(low).toBeLessThan(0.012);
  expect(high).toBeGreaterThan(0.008);
});

test("a slow period stretches the work that falls into it, also of a call that began before", () => {
  const yaml = STATION(
    "servers: 10, service: 100ms, slow: [ { from: 1s, for: 1s, factor: 4 }, { from: 1500ms, for: 100ms, factor: 2 } ]",
  );
  const outcomes = run(yaml, [{ at: 0 }, { at: 950 }, { at: 1450 }, { at: 1980 }, { at: 2000 }]);
  // 1450: 50 ms at a quarter, 100 ms at an eighth, the rest at a quarter again.
  expect(outcomes.map(({ at, endAt }) => endAt - at)).toEqual([100, 250, 450, 115, 100]);
});

test("a full queue refuses with 503, and a stay that is too long ends with 504 and frees the server", () => {
  const yaml = STATION("servers: 1, queue: 1, service: 100ms, timeout: 150ms");
  const [first, second, third, fourth] = run(yaml, [{ at: 0 }, { at: 10 }, { at: 20 }, { at: 160 }]);
  expect(first?.endAt).toBe(100);
  expect([second?.failure?.status, second?.endAt]).toEqual([504, 160]);
  expect([third?.failure?.status, third?.failure?.code, third?.endAt]).toEqual([503, "queue_full", 20]);
  expect(fourth?.endAt).toBe(260);
});

test("errors come at their rate, an outage fails the calls that come meanwhile, and one that severs also those inside", () => {
  const flaky = run(STATION("servers: 100, service: 1ms, errors: { rate: 0.05, status: 502 }"), poisson(1, 10_000));
  const { low, high } = wilson(flaky.filter(({ failure }) => failure?.status === 502).length, 10_000);
  expect(low).toBeLessThan(0.05);
  expect(high).toBeGreaterThan(0.05);
  const out = STATION("servers: 9, service: 100ms, outages: [ { from: 1s, for: 1s, status: 529, severs: true } ]");
  const calls = run(out, [{ at: 850 }, { at: 950 }, { at: 1500 }, { at: 2000 }]);
  expect(calls.map(({ failure, endAt }) => [failure?.status, endAt])).toEqual([
    [undefined, 950],
    [529, 1000],
    [529, 1500],
    [undefined, 2100],
  ]);
});

test("the span runs from coming to leaving, and says what was queue and what was service", () => {
  const [, second] = run(STATION("servers: 1, service: 100ms"), [{ at: 0 }, { at: 40 }]);
  expect(second?.spans).toEqual([
    { stage: "tool", part: "tool", from: 40, to: 200, attributes: { queueMs: 60, serviceMs: 100 } },
  ]);
});
