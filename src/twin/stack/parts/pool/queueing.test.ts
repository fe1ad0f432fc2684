import fc from "fast-check";
import { expect, test } from "vitest";
import { session } from "../../../../../test/helpers/stack.ts";
import { randomStream } from "../../../../base/index.ts";
import { erlangC, mean, variance, waitMG1, waitMMc } from "../../../../stats/index.ts";

/** Engines whose steps all take 1 ms, however full: each request is served a token a ms, as a customer by a server. */
const SERVERS = (servers: number, more = "") => `
parts:
  llm:
    kind: pool
    ${more}
    engine: { costs: { c0: 1 }, blocks: 1000000, maxModelLen: 1000000, tokenBudget: 100000, maxSeqs: ${servers}, prefixCache: false }
`;

interface Queueing {
  /** Calls a ms. */
  readonly rate: number;
  readonly servers: number;
  readonly calls: number;
  readonly length: (uniform: number) => number;
}

function waits({ rate, servers, calls, length }: Queueing): number[] {
  const { kernel, ask } = session(SERVERS(servers));
  const random = randomStream(11, "queueing", servers, rate);
  let at = 0;
  const outcomes = Array.from({ length: calls }, () => {
    at -= Math.log(1 - random.next()) / rate;
    return ask({ at, tokens: 1, out: length(random.next()) });
  });
  kernel.run();
  // The first tenth fills the queue.
  return outcomes.slice(calls / 10).map(({ figures }) => figures?.queueMs ?? Number.NaN);
}

const exponential = (tokens: number) => (uniform: number) => Math.max(1, Math.round(-tokens * Math.log(1 - uniform)));

const BATCHES = 20;

/** The mean is within four standard errors of what the formula says; waits of neighbours hang together, so the error is that of batch means. */
function expectMean(values: readonly number[], formula: number): void {
  const size = Math.floor(values.length / BATCHES);
  const means = Array.from({ length: BATCHES }, (_, i) => mean(values.slice(i * size, (i + 1) * size)));
  const error = Math.sqrt(variance(means) / BATCHES);
  expect(error / formula, "enough samples").toBeLessThan(0.1);
  expect(Math.abs(mean(means) - formula)).toBeLessThan(4 * error);
}

test("one server with exponential services is the M/M/1 queue", () => {
  const found = waits({ rate: 0.6 / 500, servers: 1, calls: 25_000, length: exponential(500) });
  expectMean(found, waitMG1(0.6 / 500, 500, 1));
});

test("one server with fixed services is the M/D/1 queue: half the wait", () => {
  const found = waits({ rate: 0.6 / 500, servers: 1, calls: 25_000, length: () => 500 });
  expectMean(found, waitMG1(0.6 / 500, 500, 0));
});

test("a batch of c sequences is the M/M/c queue: Erlang's C of the calls wait, as long as he says", () => {
  const [servers, service] = [4, 500];
  const rate = (0.7 * servers) / service;
  const found = waits({ rate, servers, calls: 25_000, length: exponential(service) });
  // A call that comes to a free place waits for the end of the step that is under way: up to 1 ms.
  const had = found.map((ms) => (ms > 1 ? 1 : 0));
  expectMean(had, erlangC(rate * service, servers));
  expectMean(found, waitMMc(rate, service, servers));
});

test("Little's law holds in every run: calls inside = rate of calls x time inside", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1e6),
        replicas: fc.integer({ min: 1, max: 4 }),
        servers: fc.integer({ min: 1, max: 8 }),
        rate: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
        tokens: fc.integer({ min: 1, max: 200 }),
      }),
      ({ seed, replicas, servers, rate, tokens }) => {
        const { kernel, stack, ask } = session(SERVERS(servers, `replicas: ${replicas}`));
        const random = randomStream(seed, "little");
        let at = 0;
        const outcomes = Array.from({ length: 300 }, () => {
          at -= Math.log(1 - random.next()) / rate;
          return ask({ at, tokens: 1, out: exponential(tokens)(random.next()) });
        });
        // Counts who is inside, apart from what the calls say of themselves; middles of a ms.
        let inside = 0;
        const look = (time: number) => {
          kernel.at(
            time,
            () => {
              inside += stack.entry.load.waiting + stack.entry.load.running;
              look(time + 1);
            },
            "background",
          );
        };
        look(0.5);
        kernel.run();
        const total = outcomes.reduce((sum, { at, endAt }) => sum + endAt - at, 0);
        expect(inside / total).toBeGreaterThan(1 - 2 / Math.sqrt(total));
        expect(inside / total).toBeLessThan(1 + 2 / Math.sqrt(total));
      },
    ),
    { numRuns: 25 },
  );
});
