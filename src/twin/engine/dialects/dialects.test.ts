import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ask,
  play,
  type Script,
  scripts,
  type Trace,
  type Wishes,
} from "../../../../test/helpers/engine/scripts.ts";
import { randomStream } from "../../../base/index.ts";
import { createEngine } from "../engine.ts";
import type { Engine, EngineSpec } from "../types.ts";

const DIALECTS: readonly { readonly name: string; readonly change: (spec: EngineSpec) => EngineSpec }[] = [
  { name: "SGLang", change: (spec) => ({ ...spec, dialect: "sglang" }) },
  {
    name: "SGLang with mixed chunks",
    change: (spec) => ({ ...spec, dialect: "sglang", sglang: { mixedChunk: true } }),
  },
  { name: "SGLang by longest prefix", change: (spec) => ({ ...spec, dialect: "sglang", sglang: { schedule: "lpm" } }) },
  { name: "llama.cpp", change: (spec) => ({ ...spec, dialect: "llamacpp", llamacpp: { promptCache: 200 } }) },
];
const RUNS = { numRuns: 40 };

function run(script: Script, fastForward = false, look?: (engine: Engine) => void): { trace: Trace; engine: Engine } {
  let made: Engine | undefined;
  const trace = play(
    script,
    (options) => {
      made = createEngine(script.spec, randomStream(3), { ...options, fastForward });
      return made;
    },
    look,
  );
  if (made === undefined) throw new Error("no engine was created");
  return { trace, engine: made };
}

/** How many gaps of one length ended at one time in each cell. */
function gapsOf(trace: Trace): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { cell, ms, count, at } of trace.gaps) {
    const key = `${cell} ${ms} ${at}`;
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return counts;
}

const asks = (script: Script): readonly (Ask & { readonly at: number })[] =>
  script.events.flatMap((event) => (event.do === "submit" ? [{ ...event.request, at: event.at }] : []));

describe.each(DIALECTS)("$name", ({ change }) => {
  const all = (wishes: Wishes) =>
    scripts({ policy: "fcfs", ...wishes }).map((script) => ({ ...script, spec: change(script.spec) }));

  test("every request that is taken ends with the tokens that it asked for, or those that fit", () => {
    fc.assert(
      fc.property(all({ watched: true, speculation: true }), (script) => {
        const { trace } = run(script);
        for (const ask of asks(script)) {
          const figures = trace.figures.get(ask.id);
          if (trace.refused.has(ask.id)) {
            expect(figures).toBeUndefined();
            continue;
          }
          if (figures === undefined) throw new Error(`request ${ask.id} never ended`);
          expect(figures.inputTokens).toBe(ask.input);
          expect(figures.capped ? figures.outputTokens < ask.output : figures.outputTokens === ask.output).toBe(true);
          const told = trace.log.filter(([id, what]) => id === ask.id && what === "tokens");
          if (ask.watched) expect(told.reduce((sum, [, , , count]) => sum + count, 0)).toBe(figures.outputTokens);
        }
      }),
      RUNS,
    );
  });

  test("memory is conserved: never more than there is, and none is held when nobody is served", () => {
    fc.assert(
      fc.property(all({ cancels: true, disturbances: true, noise: true }), (script) => {
        const { engine } = run(script, false, (at) => {
          if (at.usedBlocks < 0 || at.usedBlocks > at.blocks || at.running > at.spec.maxSeqs)
            throw new Error(`${at.usedBlocks} of ${at.blocks} blocks, ${at.running} running`);
        });
        expect([engine.usedBlocks, engine.running, engine.waiting, engine.pendingPrefillTokens]).toEqual([0, 0, 0, 0]);
      }),
      RUNS,
    );
  });

  test("time only runs forward, for the whole engine and for each request", () => {
    fc.assert(
      fc.property(all({ watched: true, noise: true }), (script) => {
        const { trace } = run(script);
        const log = trace.log.map(([, , at]) => at);
        expect(log).toEqual([...log].sort((a, b) => a - b));
        for (const f of trace.figures.values()) {
          const times = [f.arrivedAt, f.firstScheduledAt, f.firstTokenAt, f.lastTokenAt];
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(f.firstScheduledAt).toBeLessThanOrEqual(f.lastScheduledAt);
          expect(f.cachedTokens).toBeLessThan(f.inputTokens);
        }
      }),
      RUNS,
    );
  });

  test("gaps, steps and counters tell of the same tokens", () => {
    fc.assert(
      fc.property(all({}), (script) => {
        const { trace, engine } = run(script);
        const figures = [...trace.figures.values()];
        const sum = (of: (f: (typeof figures)[number]) => number): number => figures.reduce((all, f) => all + of(f), 0);
        const { counters } = engine;
        expect(counters.generatedTokens).toBe(sum((f) => f.outputTokens));
        expect(trace.gaps.reduce((all, gap) => all + gap.count, 0)).toBe(sum((f) => f.outputTokens - 1));
        expect(counters.promptTokensComputed + counters.promptTokensCached).toBe(sum((f) => f.inputTokens));
        expect(counters.preemptions).toBe(sum((f) => f.preemptions));
        expect(counters.finished).toBe(figures.length);
        expect(counters.steps).toBe(trace.steps.length);
      }),
      RUNS,
    );
  });

  test("the same seed gives the same trace", () => {
    fc.assert(
      fc.property(all({ cancels: true, noise: true, watched: true }), (script) => {
        expect(run(script).trace).toEqual(run(script).trace);
      }),
      { numRuns: 20 },
    );
  });

  test("passing over steps that repeat changes nothing, to the last bit", () => {
    fc.assert(
      fc.property(all({ cancels: true, noise: true, disturbances: true }), fc.boolean(), (script, looks) => {
        const used: number[][] = [[], []];
        const [plain, passing] = [false, true].map((fast, i) =>
          run(
            script,
            fast,
            looks ? (engine) => used[i]?.push(engine.usedBlocks, engine.peekPrefix([0, 1, 2])) : undefined,
          ),
        );
        if (plain === undefined || passing === undefined) throw new Error("two runs");
        expect(passing.trace.log).toEqual(plain.trace.log);
        expect(passing.trace.figures).toEqual(plain.trace.figures);
        expect(passing.trace.steps).toEqual(plain.trace.steps);
        expect(gapsOf(passing.trace)).toEqual(gapsOf(plain.trace));
        expect(passing.engine.counters).toEqual(plain.engine.counters);
        expect(used[1]).toEqual(used[0]);
      }),
      { numRuns: 40 },
    );
  });
});

test("what SGLang's finished requests leak is never given back, and nothing else is lost", () => {
  fc.assert(
    fc.property(scripts({ policy: "fcfs", leak: true, cancels: true }), (plain) => {
      const script: Script = { ...plain, spec: { ...plain.spec, dialect: "sglang" } };
      const { engine } = run(script, true, (at) => {
        if (at.usedBlocks < 0 || at.usedBlocks > at.blocks) throw new Error(`${at.usedBlocks} of ${at.blocks} blocks`);
      });
      if (engine.running > 0) return;
      expect(engine.usedBlocks).toBe(Math.min(engine.blocks, engine.spec.leak * engine.counters.finished));
    }),
    RUNS,
  );
});

test.each(DIALECTS.filter(({ name }) => name !== "SGLang by longest prefix"))(
  "$name admits requests for the first time in the order in which they came",
  ({ change }) => {
    fc.assert(
      fc.property(scripts({ policy: "fcfs", noise: true }), (plain) => {
        const script = { ...plain, spec: change(plain.spec) };
        const { trace } = run(script);
        const admitted = asks(script).flatMap(({ id }) => trace.figures.get(id)?.firstScheduledAt ?? []);
        expect(admitted).toEqual([...admitted].sort((a, b) => a - b));
      }),
      RUNS,
    );
  },
);
