import type { LoadPart } from "../types.ts";

/** The load of one part at a time in ms from the stage's start; zero outside the part's own span. */
function partAt(part: LoadPart, t: number): number {
  const x = t - part.at;
  if (x < 0 || x >= part.for) return 0;
  switch (part.shape) {
    case "hold":
      return part.value;
    case "ramp":
      return part.curve === "linear"
        ? part.from + ((part.to - part.from) * x) / part.for
        : part.from * (part.to / part.from) ** (x / part.for);
    case "steps": {
      const step = Math.min(part.count - 1, Math.floor((x / part.for) * part.count));
      return part.from + ((part.to - part.from) * step) / (part.count - 1);
    }
    case "spike": {
      const edge = Math.min(x, part.for - x);
      return part.rise > 0 && edge < part.rise ? (part.value * edge) / part.rise : part.value;
    }
    case "sine":
      return part.amplitude * Math.sin((2 * Math.PI * x) / part.period + part.phase);
    case "surge":
      return x < part.rise ? (part.value * x) / part.rise : part.value * 2 ** (-(x - part.rise) / part.half);
    case "week": {
      const t = part.begin + x * part.pace;
      const isWeekend = Math.floor(t / DAY) % 7 >= 5;
      return (
        part.mean * (isWeekend ? part.weekend : 1) * (1 + part.swing * Math.cos((2 * Math.PI * (t - part.peak)) / DAY))
      );
    }
    case "series":
      return part.values[Math.min(part.values.length - 1, Math.floor(x / part.every))] ?? 0;
  }
}

export function loadAt(parts: readonly LoadPart[], t: number): number {
  let sum = 0;
  for (const part of parts) sum += partAt(part, t);
  return sum;
}

const DAY = 86_400_000;

/** Every crest and trough of a week. */
function halfDays({ at, for: span, begin, pace, peak }: Extract<LoadPart, { shape: "week" }>): number[] {
  const points: number[] = [];
  const first = Math.ceil((begin - peak) / (DAY / 2));
  for (let k = first; points.length < MOST_POINTS; k++) {
    const x = (peak + (k * DAY) / 2 - begin) / pace;
    if (x >= span) break;
    points.push(at + x);
  }
  return points;
}

const GRID = 2048;
const MOST_POINTS = 20_000;

/** Times at which a sum of parts can have an extreme, as closely as bounded work allows: every corner, every crest, and a grid. */
function probes(parts: readonly LoadPart[], duration: number): number[] {
  const points: number[] = [];
  for (let i = 0; i < GRID; i++) points.push((i / GRID) * duration);
  const before = Math.min(1e-3, duration / 1e6);
  for (const part of parts) {
    const end = part.at + part.for;
    points.push(part.at, end, end - before);
    if (part.shape === "series") points.push(...part.values.map((_, i) => part.at + (i + 0.5) * part.every));
    if (part.shape === "surge") points.push(part.at + part.rise);
    if (part.shape === "week") points.push(...halfDays(part));
    if (part.shape === "spike") points.push(part.at + part.rise, end - part.rise);
    if (part.shape !== "sine") continue;
    const quarter = part.period / 4;
    const first = -part.phase / (2 * Math.PI);
    for (let k = 0; k * quarter < part.for && points.length < MOST_POINTS; k++) {
      points.push(part.at + ((((first * 4) % 1) + 1) % 1) * quarter + k * quarter);
    }
  }
  return points.filter((t) => t >= 0 && t < duration).sort((a, b) => a - b);
}

export interface Extremes {
  readonly least: number;
  readonly leastAt: number;
  readonly most: number;
}

export function extremes(parts: readonly LoadPart[], duration: number): Extremes {
  let least = Number.POSITIVE_INFINITY;
  let leastAt = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const t of probes(parts, duration)) {
    const value = loadAt(parts, t);
    // The first of many equal lows, whatever their rounding.
    if (value < least - 1e-9 * Math.max(1, Math.abs(value))) {
      least = value;
      leastAt = t;
    }
    if (value > most) most = value;
  }
  return { least, leastAt, most };
}

/** The load just before the end of a stage. */
export function endLevel(parts: readonly LoadPart[], duration: number): number {
  let sum = 0;
  for (const part of parts) {
    if (part.at + part.for < duration) continue;
    sum +=
      part.shape === "ramp" || part.shape === "steps"
        ? part.to
        : partAt(part, duration - Math.min(1e-6, part.for / 1e9));
  }
  return sum;
}
