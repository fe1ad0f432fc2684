import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../../../test/helpers/engine/reference-engine.ts";
import { play, type Script, scripts, type Trace, type Wishes } from "../../../../test/helpers/engine/scripts.ts";
import { randomStream } from "../../../base/index.ts";
import { createEngine } from "../index.ts";
import type { Engine, EngineCounters, EngineOptions } from "../types.ts";

const EVERYTHING: Wishes = { cancels: true, disturbances: true, leak: true, watched: true };

describe("the fast engine does what the plain one does, step by step", () => {
  const cases: readonly (readonly [string, Wishes])[] = [
    ["under cancellations, pauses, slow periods and leaks", EVERYTHING],
    ["under noise and hold-ups", { ...EVERYTHING, noise: true }],
    ["with speculative decoding", { ...EVERYTHING, speculation: true }],
  ];
  for (const asyncScheduling of [true, false])
    for (const [name, wishes] of cases)
      it(`does so ${name}, ${mode(asyncScheduling)}`, () => {
        fc.assert(
          fc.property(scripts({ ...wishes, asyncScheduling }), (script) => {
            const [reference, referenceCounters, referenceGauges] = run(script, "reference");
            const [plain, plainCounters, plainGauges] = run(script, "plain");
            same(plain, reference);
            expect(plain.steps.length).toBe(reference.steps.length);
            counts(plainCounters, referenceCounters);
            expect(plainGauges).toEqual(referenceGauges);
          }),
          { numRuns: 250 },
        );
      });
});

describe("jumping over decode steps changes no result", () => {
  for (const asyncScheduling of [true, false])
    for (const noise of [false, true])
      it(`changes none ${noise ? "with" : "without"} noise and hold-ups, ${mode(asyncScheduling)}`, () => {
        fc.assert(
          fc.property(scripts({ ...EVERYTHING, noise, asyncScheduling }), (script) => {
            const [plain, plainCounters] = run(script, "plain");
            const [jumping, jumpingCounters] = run(script, "jumping");
            same(jumping, plain);
            counts(jumpingCounters, plainCounters);
          }),
          { numRuns: 250 },
        );
      });
});

function mode(asyncScheduling: boolean): string {
  return asyncScheduling ? "asynchronously scheduled" : "synchronously scheduled";
}

/** Running, waiting, blocks held and prompt tokens pending, after each step and event. */
type Gauges = readonly (readonly [number, number, number, number])[];

function run(script: Script, how: "reference" | "plain" | "jumping"): [Trace, EngineCounters, Gauges] {
  let counters: EngineCounters | undefined;
  const gauges: [number, number, number, number][] = [];
  const create = (options: EngineOptions): Engine => {
    const random = randomStream(7);
    const chosen = { ...options, fastForward: how === "jumping" };
    const engine =
      how === "reference"
        ? new ReferenceEngine(script.spec, random, chosen)
        : createEngine(script.spec, random, chosen);
    counters = engine.counters;
    return engine;
  };
  const trace = play(script, create, ({ running, waiting, usedBlocks, pendingPrefillTokens }) => {
    gauges.push([running, waiting, usedBlocks, pendingPrefillTokens]);
  });
  if (counters === undefined) throw new Error("no engine was created");
  return [trace, counters, gauges];
}

/** Equal but for rounding: the same events in the same order, times to a part in 10^9, and the same gaps and tokens in sum. */
function same(a: Trace, b: Trace): void {
  expect(a.log.map(([id, what]) => `${id} ${what}`)).toEqual(b.log.map(([id, what]) => `${id} ${what}`));
  for (const [i, entry] of a.log.entries()) {
    near(entry[2], b.log[i]?.[2]);
    near(entry[3], b.log[i]?.[3]);
  }
  expect(a.refused).toEqual(b.refused);
  for (const [id, figures] of a.figures) {
    const others: Readonly<Record<string, number | boolean>> = { ...b.figures.get(id) };
    for (const [name, value] of Object.entries(figures)) {
      const other = others[name];
      if (typeof value === "number" && typeof other === "number") near(value, other);
      else expect(value).toBe(other);
    }
  }
  for (const cell of [0, 1, 2]) {
    const [count, ms, moment] = gapsOf(a, cell);
    const [otherCount, otherMs, otherMoment] = gapsOf(b, cell);
    expect(count).toBe(otherCount);
    near(ms, otherMs);
    near(moment, otherMoment);
  }
  const stepsOf = (trace: Trace) => trace.steps.reduce((sum, s) => sum + s.steps, 0);
  const tokensOf = (trace: Trace) => trace.steps.reduce((sum, s) => sum + s.steps * s.tokens, 0);
  expect(stepsOf(a)).toBe(stepsOf(b));
  expect(tokensOf(a)).toBe(tokensOf(b));
}

function gapsOf(trace: Trace, cell: number): [count: number, ms: number, moment: number] {
  let count = 0;
  let ms = 0;
  let moment = 0;
  for (const gap of trace.gaps)
    if (gap.cell === cell) {
      count += gap.count;
      ms += gap.count * gap.ms;
      moment += gap.count * gap.ms * gap.at;
    }
  return [count, ms, moment];
}

function counts(a: EngineCounters, b: EngineCounters): void {
  const { busyMs, ...rest } = a;
  const { busyMs: otherBusy, ...others } = b;
  expect(rest).toEqual(others);
  near(busyMs, otherBusy);
}

function near(a: number | undefined, b: number | undefined): void {
  if (a === undefined || b === undefined) throw new Error(`a figure is missing: ${a}, ${b}`);
  if (!(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)))) expect(a).toBe(b);
}
