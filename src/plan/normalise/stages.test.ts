import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { resolvePlan } from "../resolve.ts";
import { endLevel, extremes, loadAt } from "./load-shape.ts";

const target = { url: "http://127.0.0.1:8000/v1", model: "m" };

function stages(list: readonly unknown[], peak?: string) {
  const { plan } = resolvePlan(
    { target, stages: list, ...(peak === undefined ? {} : { expect: { peak } }) },
    { env: {} },
  );
  return plan.stages;
}

function told(list: readonly unknown[], peak?: string): string[] {
  try {
    stages(list, peak);
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const hold = (value: number, span: number) => ({ shape: "hold", value, at: 0, for: span });

describe("stages", () => {
  test("of DESIGN.md's plan follow one another from level to level", () => {
    const list = [
      { rest: "60s" },
      { ramp: "3m", to: "2x" },
      { spike: "30s", to: "5x" },
      { chaos: "4m", at: "1x" },
      { recovery: "2m" },
      { rest: "60s" },
    ];
    expect(stages(list, "4 sessions/s")).toMatchSnapshot();
  });

  test("have names: their kind, numbered where it repeats", () => {
    const list = [
      { steady: "1s", at: "1/s" },
      { steady: "1s", at: "1/s" },
      { steady: "1s", at: "1/s", name: "own name" },
      { steady: "1s", at: "1/s" },
    ];
    expect(stages(list).map((stage) => stage.name)).toEqual(["steady", "steady-2", "own name", "steady-3"]);
  });

  test("ramp from where the stage before ended, where that counts the same", () => {
    const [, ramp, next] = stages([
      { steady: "1m", at: "3/s" },
      { ramp: "1m", to: "9/s" },
      { ramp: "1m", to: "4 users" },
    ]);
    expect(ramp?.load).toMatchObject([{ from: 3, to: 9 }]);
    expect(next?.load).toMatchObject([{ from: 0, to: 4 }]);
  });

  test("spike as a rectangle over what was there, and leave it as it was", () => {
    const [, spike, after] = stages([
      { steady: "1m", at: "3/s" },
      { spike: "20s", to: "9/s" },
      { ramp: "1m", to: "4/s" },
    ]);
    expect(spike?.load).toEqual([hold(3, 20_000), { shape: "spike", value: 6, rise: 0, at: 0, for: 20_000 }]);
    expect(after?.load).toMatchObject([{ from: 3 }]);
    expect(stages([{ spike: "20s", to: "3x" }], "2/s")[0]?.load).toEqual([
      hold(2, 20_000),
      { shape: "spike", value: 4, rise: 0, at: 0, for: 20_000 },
    ]);
  });

  test("step, and ramp along a curve", () => {
    const [steps, curve] = stages([
      { stress: "1m", from: "1/s", to: "5/s", steps: 5 },
      { ramp: "1m", to: "1/s", curve: "exponential" },
    ]);
    expect(steps?.load).toEqual([{ shape: "steps", from: 1, to: 5, count: 5, at: 0, for: 60_000 }]);
    expect(curve?.load).toEqual([{ shape: "ramp", from: 5, to: 1, curve: "exponential", at: 0, for: 60_000 }]);
  });

  test("sum parts", () => {
    const load = [
      { hold: "2/s" },
      { sine: { amplitude: "1/s", period: "20s", phase: 90 } },
      { spike: { by: "5/s", at: "30s", for: "10s", rise: "2s" } },
      { ramp: { from: "0/s", to: "1/s" }, at: "40s", for: "20s" },
    ];
    const [stage] = stages([{ steady: "1m", load }]);
    expect(stage?.load).toEqual([
      hold(2, 60_000),
      { shape: "sine", amplitude: 1, period: 20_000, phase: Math.PI / 2, at: 0, for: 60_000 },
      { shape: "spike", value: 5, rise: 2000, at: 30_000, for: 10_000 },
      { shape: "ramp", from: 0, to: 1, curve: "linear", at: 40_000, for: 20_000 },
    ]);
  });

  test("multiply the peak without the noise of binary fractions", () => {
    expect(stages([{ steady: "1m", at: "1.1x" }], "3/s")[0]?.load).toEqual([hold(3.3, 60_000)]);
  });
});

describe("an impossible load is told", () => {
  test.each<[string, unknown, string]>([
    ["a zero duration", { steady: "0s", at: "1/s" }, "stages[0].steady: expected a duration above zero"],
    ["a bare duration", { steady: 60, at: "1/s" }, "stages[0].steady: expected a duration with its unit"],
    ["a bare load", { steady: "1m", at: 5 }, "stages[0].at: expected a load with its unit"],
    ["no peak", { steady: "1m", at: "2x" }, "stages[0].at: a multiple of a peak that the plan does not name"],
    [
      "no load and no peak",
      { soak: "1m" },
      "stages[0]: a soak stage without `at` runs at the expected peak, which the plan does not name",
    ],
    ["half a user", { steady: "1m", at: "2.5 users" }, "stages[0].at: expected a whole number of users"],
    ["two kinds", { steady: "1m", soak: "1m" }, "stages[0]: a stage has one kind, not steady and soak"],
    ["no kind", { at: "1/s" }, "stages[0]: a stage needs a kind"],
    ["a mistyped kind", { stedy: "1m", at: "1/s" }, "stages[0].stedy: unknown field `stedy`"],
    ["a ramp to nowhere", { ramp: "1m" }, "stages[0].to: a ramp stage needs `to`"],
    ["a spike to nowhere", { spike: "1m" }, "stages[0].to: a spike stage needs `to`"],
    ["a level that ramps", { steady: "1m", from: "1/s" }, "stages[0].from: a steady stage has no `from`"],
    [
      "two ways to say it",
      { steady: "1m", at: "1/s", load: [{ hold: "1/s" }] },
      "stages[0].at: `load` says the whole load; `at` beside it has no meaning",
    ],
    [
      "mixed units",
      { ramp: "1m", from: "1/s", to: "5 users" },
      "stages[0]: a stage counts its load in sessions a second or in users, not in both",
    ],
    [
      "mixed parts",
      { steady: "1m", load: [{ hold: "1/s" }, { hold: "1 user" }] },
      "stages[0].load[1]: this part counts in users, those before it in sessions/s",
    ],
    [
      "an exponential from zero",
      { ramp: "1m", to: "5/s", curve: "exponential" },
      "stages[0].curve: an exponential ramp cannot begin at zero",
    ],
    [
      "an exponential to zero",
      { ramp: "1m", from: "5/s", to: "0/s", curve: "exponential" },
      "stages[0].curve: an exponential ramp cannot end at zero",
    ],
    [
      "an exponential part",
      { steady: "1m", load: [{ ramp: { from: "0/s", to: "1/s", curve: "exponential" } }] },
      "stages[0].load[0].ramp.curve: an exponential ramp cannot touch zero",
    ],
    [
      "steps on a curve",
      { ramp: "1m", from: "1/s", to: "5/s", steps: 3, curve: "linear" },
      "stages[0].curve: steps have no curve",
    ],
    [
      "a fall below zero",
      { steady: "1m", load: [{ hold: "1/s" }, { sine: { amplitude: "2/s", period: "7s" } }] },
      "stages[0]: the load falls below zero, to -1/s at 5s250ms",
    ],
    [
      "too fast",
      { steady: "1m", at: "100001/s" },
      "stages[0]: the load reaches 100001/s, more than the 100,000 that one run may ask for",
    ],
    [
      "too fast in sum",
      { steady: "1m", load: [{ hold: "90000/s" }, { spike: { by: "20000/s", at: "50s", for: "1ms" } }] },
      "stages[0]: the load reaches 110000/s, more than the 100,000 that one run may ask for",
    ],
    ["nothing at all", { steady: "1m", at: "0/s" }, "stages: no stage would start anything"],
    [
      "a spike that falls",
      { spike: "10s", from: "5/s", to: "5/s" },
      "stages[0].to: a spike that does not rise: it starts from 5/s",
    ],
    [
      "a slow spike",
      { spike: "10s", from: "1/s", to: "5/s", rise: "6s" },
      "stages[0].rise: rising and falling take longer than the stage",
    ],
    [
      "a late part",
      { steady: "10s", load: [{ hold: "1/s", at: "10s" }] },
      "stages[0].load[0].at: this part begins when the stage is over",
    ],
    [
      "a long part",
      { steady: "10s", load: [{ hold: "1/s", at: "5s", for: "6s" }] },
      "stages[0].load[0].for: this part lasts longer than the stage",
    ],
    [
      "two shapes",
      { steady: "10s", load: [{ hold: "1/s", sine: { amplitude: "1/s", period: "1s" } }] },
      "stages[0].load[0]: a part has one shape, not hold and sine",
    ],
    ["no shape", { steady: "10s", load: [{ at: "1s" }] }, "stages[0].load[0]: a part needs a shape"],
  ])("%s", (_, stage, message) => {
    expect(told([stage])).toEqual([message]);
  });

  test("users that a multiple splits", () => {
    expect(told([{ steady: "1m", at: "1.5x" }], "3 users")).toEqual([
      "stages[0].at: this makes 4.5 users, which is no whole number",
    ]);
  });

  test("a peak that is no peak", () => {
    expect(told([{ steady: "1m" }], "2x")).toEqual([
      "expect.peak: the peak is what `x` multiplies; it cannot be a multiple itself",
    ]);
    expect(told([{ steady: "1m" }], "0/s")).toEqual(["expect.peak: expected a peak above zero"]);
    expect(told([{ steady: "1m" }, { ramp: "1m", to: "2x" }], "many")).toEqual(["expect.peak: expected a load"]);
  });

  test("two stages of one name", () => {
    expect(
      told([
        { steady: "1m", at: "1/s" },
        { ramp: "1m", to: "2/s", name: "steady" },
      ]),
    ).toEqual(["stages[1].name: another stage has this name"]);
  });

  test("a stage with faults casts none on the next", () => {
    expect(
      told([
        { steady: "1m", at: 5 },
        { ramp: "1m", to: "2/s" },
        { spike: "1m", to: "9/s" },
      ]),
    ).toEqual(["stages[0].at: expected a load with its unit"]);
  });
});

const seconds = fc.integer({ min: 1, max: 7200 }).map((n) => `${n}s`);
const rate = fc.integer({ min: 1, max: 5000 }).map((n) => `${n / 10}/s`);
const stage = fc.oneof(
  fc.record({ rest: seconds }),
  fc.record({ steady: seconds, at: rate }),
  fc.record({ ramp: seconds, to: rate }),
  fc.record({ stress: seconds, to: rate, steps: fc.integer({ min: 2, max: 9 }) }),
  fc.record({ spike: seconds, from: fc.constant("0/s"), to: rate }),
  fc.record({ soak: seconds, load: fc.array(fc.record({ hold: rate }), { minLength: 1, maxLength: 4 }) }),
);

test("any plan's stages follow one another without gap or overlap, and their loads are never below zero", () => {
  fc.assert(
    fc.property(fc.array(stage, { minLength: 1, maxLength: 12 }), (list) => {
      let at = 0;
      const names = new Set<string>();
      for (const { name, from, duration, load } of stages(list)) {
        expect(from).toBe(at);
        at += duration;
        names.add(name);
        expect(duration).toBeGreaterThan(0);
        expect(extremes(load, duration).least).toBeGreaterThanOrEqual(0);
        for (const part of load) expect(part.at + part.for).toBeLessThanOrEqual(duration);
      }
      expect(names.size).toBe(list.length);
    }),
  );
});

test("the extremes of a wave are found between the lines of the grid", () => {
  const parts = [
    { shape: "hold", value: 10, at: 0, for: 3_600_000 },
    { shape: "sine", amplitude: 10.001, period: 977, phase: 0.3, at: 0, for: 3_600_000 },
  ] as const;
  expect(extremes(parts, 3_600_000).least).toBeCloseTo(-0.001, 6);
  expect(extremes(parts, 3_600_000).most).toBeCloseTo(20.001, 6);
});

test("the level at a stage's end is what its parts come to", () => {
  const parts = [
    { shape: "ramp", from: 0, to: 7, curve: "linear", at: 0, for: 1000 },
    { shape: "hold", value: 5, at: 0, for: 500 },
    { shape: "steps", from: 1, to: 3, count: 3, at: 400, for: 600 },
  ] as const;
  expect(endLevel(parts, 1000)).toBe(10);
  expect(loadAt(parts, 450)).toBeCloseTo(3.15 + 5 + 1, 9);
  expect(loadAt(parts, 1000)).toBe(0);
});
