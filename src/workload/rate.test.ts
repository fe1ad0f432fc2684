import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedStage, holdFor, openStage } from "../../test/helpers/workload-plan.ts";
import type { LoadPart } from "../plan/index.ts";
import { invert } from "./arrivals.ts";
import { spansOf } from "./rate.ts";
import { curveOf } from "./shapes/index.ts";
import { stageFaults } from "./stage-faults.ts";
import { timelineOf } from "./timeline.ts";

const STAGE = 60_000;

const level = fc.double({ min: 0, max: 50, noNaN: true });
const place = fc
  .tuple(fc.integer({ min: 0, max: STAGE - 1000 }), fc.integer({ min: 1000, max: STAGE }))
  .map(([at, length]) => ({ at, for: Math.min(length, STAGE - at) }));

/** Every shape, sine waves that pull the sum below zero among them. */
const part: fc.Arbitrary<LoadPart> = place.chain((where) =>
  fc.oneof(
    level.map((value): LoadPart => ({ shape: "hold", value, ...where })),
    fc.tuple(level, level).map(([from, to]): LoadPart => ({ shape: "ramp", curve: "linear", from, to, ...where })),
    fc
      .tuple(level, level)
      .map(
        ([from, to]): LoadPart => ({ shape: "ramp", curve: "exponential", from: from + 0.01, to: to + 0.01, ...where }),
      ),
    fc
      .tuple(level, level, fc.integer({ min: 1, max: 9 }))
      .map(([from, to, count]): LoadPart => ({ shape: "steps", from, to, count, ...where })),
    fc
      .tuple(level, fc.integer({ min: 0, max: 40_000 }))
      .map(([value, rise]): LoadPart => ({ shape: "spike", value, rise, ...where })),
    fc
      .tuple(level, fc.integer({ min: 500, max: 90_000 }), fc.double({ min: 0, max: 7, noNaN: true }))
      .map(([amplitude, period, phase]): LoadPart => ({ shape: "sine", amplitude, period, phase, ...where })),
    fc
      .tuple(level, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 500, max: 40_000 }))
      .map(([value, rise, half]): LoadPart => ({ shape: "surge", value, rise, half, ...where })),
    fc.tuple(level, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(86_399_999), fc.nat(604_799_999)).map(
      ([mean, swing, peak, begin]): LoadPart => ({
        shape: "week",
        mean,
        swing,
        peak,
        weekend: 0.5,
        begin,
        pace: 5000,
        ...where,
      }),
    ),
    fc
      .array(level, { minLength: 1, maxLength: 9 })
      .map((values): LoadPart => ({ shape: "series", every: where.for / values.length, values, ...where })),
  ),
);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

/** Five-point Gauss-Legendre rule on `pieces` equal pieces (nodes and weights: Abramowitz and Stegun, table 25.4). */
function quadrature(f: (t: number) => number, from: number, to: number, pieces: number): number {
  const nodes = [0, 0.5384693101056831, -0.5384693101056831, 0.906179845938664, -0.906179845938664];
  const weights = [0.5688888888888889, 0.4786286704993665, 0.4786286704993665, 0.2369268850561891, 0.2369268850561891];
  const half = (to - from) / pieces / 2;
  let sum = 0;
  for (let i = 0; i < pieces; i++) {
    const centre = from + half * (2 * i + 1);
    nodes.forEach((node, k) => {
      sum += (weights[k] ?? 0) * half * f(centre + half * node);
    });
  }
  return sum;
}

describe("a load shape", () => {
  it.each<[string, LoadPart, readonly (readonly [number, number])[]]>([
    [
      "holds",
      { shape: "hold", value: 4, at: 0, for: 10 },
      [
        [0, 4],
        [9, 4],
      ],
    ],
    [
      "ramps in a line",
      { shape: "ramp", curve: "linear", from: 2, to: 6, at: 0, for: 10 },
      [
        [0, 2],
        [5, 4],
        [10, 6],
      ],
    ],
    [
      "ramps by a factor",
      { shape: "ramp", curve: "exponential", from: 1, to: 16, at: 0, for: 8 },
      [
        [0, 1],
        [4, 4],
        [6, 8],
        [8, 16],
      ],
    ],
    [
      "ramps by a factor downward",
      { shape: "ramp", curve: "exponential", from: 16, to: 1, at: 0, for: 8 },
      [
        [2, 8],
        [8, 1],
      ],
    ],
    [
      "steps up, both ends reached",
      { shape: "steps", from: 1, to: 4, count: 4, at: 0, for: 8 },
      [
        [0, 1],
        [1.9, 1],
        [2, 2],
        [7.9, 4],
      ],
    ],
    [
      "spikes as a trapezoid",
      { shape: "spike", value: 6, rise: 2, at: 0, for: 10 },
      [
        [0, 0],
        [1, 3],
        [2, 6],
        [8, 6],
        [9, 3],
        [10, 0],
      ],
    ],
    [
      "spikes as a triangle where two rises do not fit",
      { shape: "spike", value: 6, rise: 9, at: 0, for: 10 },
      [
        [2.5, 3],
        [5, 6],
        [7.5, 3],
      ],
    ],
    [
      "spikes at once without a rise",
      { shape: "spike", value: 6, rise: 0, at: 0, for: 10 },
      [
        [0, 6],
        [9.9, 6],
      ],
    ],
    [
      "waves",
      { shape: "sine", amplitude: 3, period: 8, phase: 0, at: 0, for: 80 },
      [
        [0, 0],
        [2, 3],
        [6, -3],
        [10, 3],
      ],
    ],
  ])("%s", (_, shape, points) => {
    const curve = curveOf(shape);
    for (const [at, rate] of points) expect(curve.rate(at)).toBeCloseTo(rate, 12);
  });

  it("has the integral that numerical quadrature finds between its knots", () => {
    fc.assert(
      fc.property(part, fc.double({ min: 0, max: 1, noNaN: true }), (shape, share) => {
        const curve = curveOf(shape);
        const end = share * shape.for;
        const knots = [0, ...curve.knots.filter((knot) => knot < end), end];
        let found = 0;
        for (let i = 1; i < knots.length; i++) {
          found += quadrature((u) => curve.rate(u), knots[i - 1] ?? 0, knots[i] ?? 0, 200);
        }
        expect(Math.abs(curve.integral(end) - found)).toBeLessThan(1e-6 * (1 + 50 * end));
      }),
    );
  });
});

describe("a sum of load shapes", () => {
  it("is covered by spans without gap or overlap", () => {
    fc.assert(
      fc.property(parts, (load) => {
        const spans = spansOf(openStage(5000, STAGE, load), 0);
        expect([spans[0]?.from, spans.at(-1)?.to]).toEqual([5000, 5000 + STAGE]);
        for (let i = 1; i < spans.length; i++) expect(spans[i]?.from).toBe(spans[i - 1]?.to);
      }),
    );
  });

  it("is at every time the sum of its parts, or zero where that is below zero", () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: STAGE - 1 }), (load, t) => {
        const timeline = timelineOf([openStage(5000, STAGE, load)], "sessions/s");
        let sum = 0;
        for (const shape of load)
          if (t >= shape.at && t < shape.at + shape.for) sum += curveOf(shape).rate(t - shape.at);
        expect(timeline.rateAt(5000 + t)).toBeCloseTo(Math.max(0, sum), 9);
      }),
    );
  });

  it("integrates to what numerical quadrature finds, dips below zero cut off", () => {
    fc.assert(
      fc.property(parts, (load) => {
        const timeline = timelineOf([openStage(5000, STAGE, load)], "sessions/s");
        let found = 0;
        for (const span of timeline.spans)
          found += quadrature((t) => timeline.rateAt(t), span.from, span.to, 120) / 1000;
        expect(Math.abs(timeline.totalAt(1e9) - found)).toBeLessThan(1e-6 * (1 + found));
        expect(timeline.totalAt(5000)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("is inverted to below a microsecond: the integral up to the time found is the amount asked for", () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 0.999999, noNaN: true }), (load, share) => {
        for (const span of spansOf(openStage(5000, STAGE, load), 0)) {
          const whole = span.integral(span.to) / 1000;
          if (whole === 0) continue;
          const at = invert(span, share * whole, 0);
          expect(at >= span.from && at <= span.to).toBe(true);
          const before = span.integral(Math.max(span.from, at - 0.0005)) / 1000;
          const after = span.integral(Math.min(span.to, at + 0.0005)) / 1000;
          const rounding = 1e-12 * (1 + whole);
          expect(before).toBeLessThanOrEqual(share * whole + rounding);
          expect(after).toBeGreaterThanOrEqual(share * whole - rounding);
        }
      }),
    );
  });

  it("of stages that follow each other adds up, and stages of the other unit count as none", () => {
    const stages = [
      openStage(0, 10_000, [holdFor(3, 10_000)]),
      closedStage(10_000, 20_000, [holdFor(50, 20_000)]),
      openStage(30_000, 10_000, [holdFor(5, 10_000)]),
    ];
    const open = timelineOf(stages, "sessions/s");
    expect([open.totalAt(10_000), open.totalAt(25_000), open.totalAt(35_000), open.totalAt(40_000)]).toEqual([
      30, 30, 55, 80,
    ]);
    expect([open.rateAt(-1), open.rateAt(5000), open.rateAt(15_000), open.rateAt(40_000)]).toEqual([0, 3, 0, 0]);
  });
});

describe("a sine of more waves than can be told apart", () => {
  it("is a fault with its place and what to do", () => {
    const wave = (period: number): LoadPart => ({ shape: "sine", amplitude: 1, period, phase: 0, at: 0, for: 1000 });
    const faults = stageFaults([openStage(0, 1000, [holdFor(1, 1000), wave(0.001), wave(0.1)])]);
    expect(faults).toMatchObject([
      { code: "WORKLOAD_TOO_MANY_WAVES", path: "stages[0].load[1]", hint: "Choose a longer period." },
    ]);
  });
});
