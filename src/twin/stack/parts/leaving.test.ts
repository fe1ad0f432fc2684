import fc from "fast-check";
import { expect, test } from "vitest";
import { callOf, Outcome, session } from "../../../../test/helpers/stack.ts";
import { randomStream } from "../../../base/index.ts";
import type { CallFigures, Failure, Reply } from "../types.ts";

const MODEL = "llm: { kind: pool, preset: tiny, replicas: 1 }";
const PROVIDER =
  "provider: { kind: external, requestsPerMinute: 600, ttft: { median: 80ms, p99: 400ms }, gap: { median: 10ms, p99: 40ms }, errors: 0.1, outages: [ { from: 400ms, for: 200ms, severs: true, share: 0.5, status: 0 } ] }";
const TOOL = "tool: { kind: station, stage: tool, servers: 2, service: { mean: 40ms }, errors: 0.1, timeout: 200ms }";

const STACKS: Readonly<Record<string, string>> = {
  station:
    "parts: { part: { kind: station, stage: tool, servers: 2, queue: 20, service: { mean: 30ms }, errors: 0.1, timeout: 150ms, outages: [ { from: 300ms, for: 200ms, severs: true } ] } }",
  "vector-db":
    "parts: { part: { kind: vector-db, servers: 2, service: { median: 30ms, p99: 90ms }, cache: { entries: 5 }, restarts: [ 400ms ], timeout: 200ms, warmUp: { factor: 3, queries: 10 } } }",
  embedder:
    "parts: { part: { kind: embedder, servers: 1, batch: 4, fixed: 20ms, perToken: 0.1ms, wait: 10ms, queue: 10, timeout: 120ms, errors: 0.1 } }",
  external: `entry: provider\nparts: { ${PROVIDER} }`,
  "response-cache": `entry: part\nparts: { part: { kind: response-cache, to: provider, entries: 5, gap: 5ms, ttl: 300ms, lockTimeout: 60ms, flushes: [ 500ms ] }, ${PROVIDER} }`,
  app: `
entry: part
parts:
  part:
    kind: app
    to: llm
    time: { mean: 3ms }
    cores: 1
    concurrency: 20
    queue: 5
    timeout: 3s
    steps:
      - { call: tool, share: 0.5, adds: 50 }
      - { parallel: [ { call: tool, onFailure: skip, timeout: 30ms }, { call: tool, adds: 20, onFailure: skip } ] }
      - { loop: { turns: { mean: 2 }, tools: [ { call: tool } ], answer: 5 }, onFailure: skip, timeout: 2s }
  ${TOOL}
  ${MODEL}`,
  router: `
entry: part
parts:
  part: { kind: router, time: { mean: 2ms }, otherwise: { split: { llm: 1, provider: 3 } }, fallback: [ provider, llm ], breaker: { failures: 2, open: 100ms } }
  ${PROVIDER}
  ${MODEL}`,
  gateway: `
entry: part
parts:
  part: { kind: gateway, to: provider, auth: tool, time: 1ms, concurrency: 8, queue: 10, queueTimeout: 200ms, timeout: { firstToken: 120ms, try: 500ms, total: 900ms }, retries: { count: 3, backoff: 20ms, honourRetryAfter: false }, limits: { requestsPerMinute: 3000 } }
  ${TOOL}
  ${PROVIDER}`,
  regions: `
entry: part
parts:
  part: { kind: regions, to: { eu: llm, us: provider }, rtt: { eu: { us: 90ms }, asia: { eu: { mean: 180ms }, us: 120ms } }, health: { failures: 2, delay: 50ms, recover: 300ms } }
  ${PROVIDER}
  ${MODEL}`,
};

/** Holds a part to the protocol of replies: one answer, in order, and silence for whoever left. */
class Witness implements Reply {
  left = false;
  ends = 0;
  begun = false;
  heard = 0;
  readonly faults: string[] = [];
  readonly #now: () => number;
  readonly #everyToken: boolean;
  #served = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, everyToken: boolean) {
    this.#now = now;
    this.#everyToken = everyToken;
  }

  served(at: number): void {
    this.#hear(at, "served");
    this.#served++;
    this.#hold(this.#served === 1 && !this.begun, "told who serves once, before the first token");
  }
  firstToken(at: number): void {
    this.#hear(at, "first token");
    this.#hold(!this.begun && this.#served === 1, "one first token, after it was told who serves");
    this.begun = true;
  }
  tokens(at: number, count: number): void {
    this.#hear(at, "tokens");
    this.heard += count;
    this.#hold(this.begun && this.#everyToken && count > 0, "tokens after the first, where they were asked for");
  }
  done(at: number, figures: CallFigures): void {
    this.#hear(at, "done");
    this.ends++;
    if (this.#everyToken) this.#hold(this.heard === figures.outputTokens, "as many tokens as the figures say");
    if (figures.outputTokens > 0) this.#hold(this.begun, "an answer begins before it ends");
  }
  failed(at: number, failure: Failure): void {
    this.#hear(at, `failed ${failure.code}`);
    this.ends++;
  }

  #hear(at: number, what: string): void {
    this.#hold(!this.left, `${what} after the caller left`);
    this.#hold(this.ends === 0, `${what} after the end`);
    this.#hold(at >= this.#last, `${what} before what came earlier`);
    this.#hold(Math.abs(at - this.#now()) < 1e-6, `${what} at another time than now`);
    this.#last = at;
  }

  #hold(held: boolean, promise: string): void {
    if (!held) this.faults.push(promise);
  }
}

/** ms: half the longest round trip; the batch that a server has begun; nothing. */
const SETTLING = { far: 3000, batch: 100, near: 0 };

for (const [kind, yaml] of Object.entries(STACKS)) {
  test(`${kind}: whoever leaves at whatever moment frees everything and hears nothing more, and all others get one answer`, () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }), (seed, impatience) => {
        const { kernel, stack } = session(`seed: ${seed}\n${yaml}`);
        const random = randomStream(seed, "leaving");
        const witnesses = Array.from({ length: 60 }, (_, id) => {
          const everyToken = random.next() < 0.5;
          const witness = new Witness(() => kernel.now, everyToken);
          const at = random.next() * 800;
          const asked = {
            at,
            everyToken,
            tokens: 16 + Math.floor(random.next() * 200),
            out: 1 + Math.floor(random.next() * 20),
            promptKey: Math.floor(random.next() * 15),
            region: ["eu", "us", "asia", "mars"][Math.floor(random.next() * 4)] ?? "eu",
          };
          const leaves = random.next() < impatience ? at + random.next() ** 2 * 600 : undefined;
          kernel.at(at, () => {
            const flight = stack.take(callOf(id, asked, new Outcome(at)), witness);
            if (leaves === undefined) return;
            kernel.at(leaves, () => {
              witness.left = true;
              flight.cancel();
              flight.cancel();
            });
          });
          return witness;
        });
        kernel.run();
        expect(witnesses.flatMap((witness) => witness.faults)).toEqual([]);
        expect(witnesses.every((witness) => witness.ends === 1 || (witness.left && witness.ends === 0))).toBe(true);
        for (const part of stack.parts.values()) {
          expect([part.name, part.load.waiting, part.load.running]).toEqual([part.name, 0, 0]);
        }
        const held = stack
          .gauges()
          .filter(
            ({ kind, name, value }) => kind === "gauge" && /queue|running|busy|kv\.used/.test(name) && value !== 0,
          );
        expect(held).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  test(`${kind}: when all leave at one moment, nothing of theirs is under way in any part a moment later`, () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.double({ min: 1, max: 900, noNaN: true }), (seed, moment) => {
        const { kernel, stack } = session(`seed: ${seed}\n${yaml}`);
        const random = randomStream(seed, "all leave");
        for (let id = 0; id < 30; id++) {
          const at = random.next() * moment;
          const asked = { at, tokens: 50, out: 40, promptKey: id % 7, everyToken: id % 2 === 0 };
          kernel.at(at, () => {
            const flight = stack.take(callOf(id, asked, new Outcome(at)), new Outcome(at));
            kernel.at(moment, () => flight.cancel());
          });
        }
        kernel.run(moment + SETTLING[kind === "regions" ? "far" : kind === "embedder" ? "batch" : "near"]);
        const loads = [...stack.parts.values()].map(({ name, load }) => [name, load.waiting + load.running]);
        expect(loads.filter(([, load]) => load !== 0)).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });
}
