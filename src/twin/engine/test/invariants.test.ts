import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { play, type Script, scripts, type Wishes } from "../../../../test/helpers/engine/scripts.ts";
import { randomStream } from "../../../base/index.ts";
import type { Engine } from "../types.ts";
import { VllmEngine } from "../vllm/engine.ts";

/** Of each way of scheduling. */
const RUNS = { numRuns: 100 };

function create(script: Script, fastForward = false): (options: ConstructorParameters<typeof VllmEngine>[2]) => Engine {
  return (options) => new VllmEngine(script.spec, randomStream(11), { ...options, fastForward });
}

/** Every block is free, held as often as it is counted, or leaked; and none twice. */
function audit(engine: Engine): void {
  if (!(engine instanceof VllmEngine)) throw new Error("an audit needs the core itself");
  const { pool } = engine;
  const held = new Int32Array(pool.total);
  let references = 0;
  for (const { held: count, names } of engine.holdings()) {
    references += count;
    must(names.length === (pool.named ? count : 0), "a table has as many names as blocks");
    for (const block of names) held[block] = (held[block] ?? 0) + 1;
  }
  must(engine.usedBlocks === pool.total - pool.free, "used and free are all blocks");
  if (!pool.named) {
    must(pool.free >= 0 && pool.free + references + pool.leaked === pool.total, "blocks are conserved");
    return;
  }
  const free = new Set(pool.freeBlocks());
  must(free.size === pool.free, "the free list is as long as its count");
  let leaked = 0;
  for (let block = 0; block < pool.total; block++) {
    const surplus = pool.referencesOf(block) - (held[block] ?? 0);
    must(free.has(block) === (pool.referencesOf(block) === 0), "a block is free when nobody holds it");
    must(surplus >= 0, "a held block is counted");
    leaked += surplus;
  }
  must(leaked === pool.leaked, "what nobody holds any more was leaked");
}

/** A plain test: these run at every step, where a matcher would cost more than the engine. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}

function check(wishes: Wishes, property: (script: Script) => void): void {
  const modes = wishes.asyncScheduling === undefined ? [true, false] : [wishes.asyncScheduling];
  for (const asyncScheduling of modes) fc.assert(fc.property(scripts({ ...wishes, asyncScheduling }), property), RUNS);
}

describe("the engine core", () => {
  it("conserves its blocks at every step, whoever is cancelled and whatever leaks", () => {
    for (const fastForward of [false, true])
      check({ cancels: true, leak: true, watched: true, speculation: fastForward }, (script) => {
        play(script, create(script, fastForward), audit);
      });
  });

  it("is whole and empty when all requests have ended or were cancelled", () => {
    check({ cancels: true, disturbances: true, noise: true }, (script) => {
      let left: Engine | undefined;
      play(script, create(script, true), (engine) => {
        left = engine;
      });
      expect([left?.running, left?.waiting, left?.usedBlocks, left?.pendingPrefillTokens]).toEqual([0, 0, 0, 0]);
      expect(left?.nextAt).toBe(Number.POSITIVE_INFINITY);
    });
  });

  it("starves nobody, and gives every request the tokens that it asked for or the cap allows", () => {
    check({ noise: true, speculation: true, watched: true }, (script) => {
      const { figures, refused, log } = play(script, create(script));
      const { maxModelLen, blocks, blockSize } = script.spec;
      const told = new Map<number, number>();
      for (const [id, what, , count] of log) if (what === "tokens") told.set(id, (told.get(id) ?? 0) + count);
      for (const event of script.events) {
        if (event.do !== "submit") continue;
        const { id, input, output, watched } = event.request;
        if (input >= maxModelLen) expect(refused.get(id)).toBe("prompt-too-long");
        else if (input > blocks * blockSize) expect(refused.get(id)).toBe("never-fits");
        else {
          const most = Math.min(maxModelLen - input, blocks * blockSize - input + 1);
          expect(figures.get(id)?.outputTokens).toBe(Math.min(output, most));
          expect(figures.get(id)?.capped).toBe(output > most);
          if (watched) expect(told.get(id)).toBe(Math.min(output, most));
        }
      }
    });
  });

  it("first schedules requests in the order of their arrival under fcfs", () => {
    check({ policy: "fcfs", noise: true, disturbances: true }, (script) => {
      const { figures } = play(script, create(script));
      const order = [...figures].sort(([a], [b]) => a - b).map(([, { firstScheduledAt }]) => firstScheduledAt);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    });
  });

  it("exceeds neither its token budget nor its seats, and its time never runs back", () => {
    check({ noise: true, speculation: true, disturbances: true }, (script) => {
      const { steps, log } = play(script, create(script));
      let last = 0;
      for (const { at, ms, tokens, sequences } of steps) {
        must(tokens <= script.spec.tokenBudget, "the token budget is kept");
        must(sequences <= script.spec.maxSeqs, "the seats are kept");
        must(ms >= 0 && at - ms >= last - 1e-6, "a step begins after the last one");
        last = at;
      }
      for (const [i, [, , at]] of log.entries()) must(at >= (log[i - 1]?.[2] ?? 0), "time goes forward");
    });
  });

  it("admits nobody in a step that preempted", () => {
    // Synchronously scheduled, since then the passes can be told apart by their times.
    check({ asyncScheduling: false }, (script) => {
      const { steps, figures } = play(script, create(script));
      // A pass that leaves nobody to run is no step, and the next one follows at the same time.
      const starts = steps.filter((step) => step.steps > 0 && step.preempted > 0).map(({ at, ms }) => at - ms);
      for (const { firstScheduledAt, lastScheduledAt } of figures.values())
        for (const start of starts)
          must(
            Math.min(Math.abs(firstScheduledAt - start), Math.abs(lastScheduledAt - start)) > 1e-6,
            "nobody is admitted when somebody was preempted",
          );
    });
  });

  it("leaves the same trace from the same seed", () => {
    check({ cancels: true, noise: true, speculation: true, disturbances: true, watched: true }, (script) => {
      expect(play(script, create(script, true))).toEqual(play(script, create(script, true)));
    });
  });

  it("accounts for every prompt token once: computed, cached, or recomputed apart", () => {
    check({ watched: true }, (script) => {
      let engine: Engine | undefined;
      const { figures } = play(script, create(script, true), (core) => {
        engine = core;
      });
      const served = [...figures.values()];
      const sum = (of: (figures: (typeof served)[number]) => number): number =>
        served.reduce((total, each) => total + of(each), 0);
      const counters = engine?.counters;
      expect((counters?.promptTokensComputed ?? 0) + (counters?.promptTokensCached ?? 0)).toBe(
        sum((f) => f.inputTokens),
      );
      expect(counters?.promptTokensCached).toBeGreaterThanOrEqual(sum((f) => f.cachedTokens));
      expect(counters?.promptTokensRecomputed).toBe(sum((f) => f.recomputedTokens));
      expect(counters?.generatedTokens).toBe(sum((f) => f.outputTokens));
      expect(counters?.preemptions).toBe(sum((f) => f.preemptions));
    });
  });

  it("tells every gap to its cell, and to each request its longest", () => {
    check({ disturbances: true, noise: true, watched: true }, (script) => {
      for (const fastForward of [false, true]) {
        const { gaps, figures } = play(script, create(script, fastForward));
        const asked = new Map<number, number>();
        for (const event of script.events) if (event.do === "submit") asked.set(event.request.id, event.request.cell);
        for (const cell of [0, 1, 2]) {
          const own = [...figures].filter(([id]) => asked.get(id) === cell).map(([, each]) => each);
          const told = gaps.filter((gap) => gap.cell === cell);
          const spans = own.reduce((sum, f) => sum + f.lastTokenAt - f.firstTokenAt, 0);
          expect(told.reduce((sum, gap) => sum + gap.count, 0)).toBe(
            own.reduce((sum, f) => sum + f.outputTokens - 1, 0),
          );
          expect(told.reduce((sum, gap) => sum + gap.count * gap.ms, 0)).toBeCloseTo(spans, 5);
          expect(told.reduce((most, gap) => Math.max(most, gap.ms), 0)).toBeCloseTo(
            own.reduce((most, f) => Math.max(most, f.longestGap), 0),
            6,
          );
          expect(told.reduce((long, gap) => long + (gap.ms >= 1000 ? gap.count : 0), 0)).toBe(
            own.reduce((long, f) => long + f.longGaps, 0),
          );
        }
      }
    });
  });
});
