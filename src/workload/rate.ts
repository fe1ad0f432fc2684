import type { Stage } from "../plan/index.ts";
import { type Curve, curveOf } from "./shapes/index.ts";

/** A load part at its place in the run. */
interface Placed {
  readonly curve: Curve;
  /** ms from the run's start; the part covers [from, to). */
  readonly from: number;
  readonly to: number;
}

/** A stretch of the run in which the same parts of one stage add up to a smooth load that does not change sign. */
export interface Span {
  readonly stage: number;
  /** ms from the run's start; [from, to). */
  readonly from: number;
  readonly to: number;
  /** Load at a time inside the span; 0 throughout where the sum of the parts is below zero. */
  rate(at: number): number;
  /** Load times ms from the span's start to `at`. */
  integral(at: number): number;
}

/** What of a stage makes its load. */
export type LoadedStage = Pick<Stage, "from" | "duration" | "load">;

/** Samples of one wavelength in the search for zero crossings: a wave has two, and a sum of smooth parts few more. */
const SAMPLES_PER_WAVE = 64;

/** Cuts a stage into spans, in order of time; they cover the whole stage. */
export function spansOf(stage: LoadedStage, index: number): Span[] {
  const end = stage.from + stage.duration;
  const placed = stage.load.map((part): Placed => {
    const from = stage.from + part.at;
    return { curve: curveOf(part), from, to: Math.min(end, from + part.for) };
  });
  const knots = new Set([stage.from, end]);
  for (const { curve, from, to } of placed) {
    for (const knot of [from, to, ...curve.knots.map((u) => from + u)]) {
      if (knot > stage.from && knot < end) knots.add(knot);
    }
  }
  const times = [...knots].sort((x, y) => x - y);
  const spans: Span[] = [];
  for (let i = 1; i < times.length; i++) {
    const from = times[i - 1] ?? 0;
    const to = times[i] ?? 0;
    const active = placed.filter((part) => part.from <= from && part.to > from);
    spans.push(...split(active, index, from, to));
  }
  return spans;
}

/** Cuts where the sum of the parts crosses zero, so that what lies below counts as no load. */
function split(active: readonly Placed[], stage: number, from: number, to: number): Span[] {
  if (active.length === 0) return [silence(stage, from, to)];
  if (active.reduce((sum, { curve }) => sum + curve.floor, 0) >= 0) return [sumOf(active, stage, from, to)];
  const load = (at: number): number => active.reduce((sum, part) => sum + part.curve.rate(at - part.from), 0);
  const wavelength = Math.min(to - from, ...active.map(({ curve }) => curve.wavelength));
  const samples = Math.ceil((to - from) / wavelength) * SAMPLES_PER_WAVE;
  const at = (i: number): number => from + ((to - from) * i) / samples;
  const cuts = [from];
  for (let i = 0; i < samples; i++) {
    if (load(at(i)) > 0 !== load(at(i + 1)) > 0) cuts.push(crossing(load, at(i), at(i + 1)));
  }
  cuts.push(to);
  const spans: Span[] = [];
  for (let i = 1; i < cuts.length; i++) {
    const start = cuts[i - 1] ?? from;
    const stop = cuts[i] ?? to;
    if (stop > start)
      spans.push(load((start + stop) / 2) > 0 ? sumOf(active, stage, start, stop) : silence(stage, start, stop));
  }
  return spans;
}

function crossing(load: (at: number) => number, from: number, to: number): number {
  const rising = load(to) > 0;
  let low = from;
  let high = to;
  // 60 halvings reach the last bit of a double.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (load(middle) > 0 === rising) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

function silence(stage: number, from: number, to: number): Span {
  return { stage, from, to, rate: () => 0, integral: () => 0 };
}

function sumOf(active: readonly Placed[], stage: number, from: number, to: number): Span {
  const bases = active.map((part) => part.curve.integral(from - part.from));
  return {
    stage,
    from,
    to,
    rate: (at) => {
      let sum = 0;
      for (const part of active) sum += part.curve.rate(at - part.from);
      return Math.max(sum, 0);
    },
    integral: (at) => {
      let sum = 0;
      for (let i = 0; i < active.length; i++) {
        const part = active[i];
        if (part !== undefined) sum += part.curve.integral(at - part.from) - (bases[i] ?? 0);
      }
      return Math.max(sum, 0);
    },
  };
}
