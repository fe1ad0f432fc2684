import { type Hinge, hingeMs, type StepPoint } from "../../../src/twin/engine/hinge.ts";

const TOKENS = [1, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

/** Sum of the profiled operators of a step, ms, from microsoft/vidur, data/profiling (MIT); without attention's KV reads, all-reduce, output head, host. */
export const MEASURED: readonly {
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallel: number;
  readonly points: readonly StepPoint[];
}[] = [
  row("llama-3-8b", "a100", 1, [9.7, 10.9, 11.2, 13.2, 19.5, 34.6, 75.1, 145.6, 273.6, 545.2]),
  row("llama-3-8b", "a100", 2, [5.7, 5.7, 6.0, 7.7, 11.6, 18.3, 36.7, 74.1, 142.1, 289.9]),
  row("llama-2-7b", "h100", 1, [5.6, 5.8, 5.9, 6.4, 9.2, 12.0, 21.0, 40.3, 83.5]),
  row("llama-3-70b", "a100", 4, [24.9, 26.2, 26.9, 33.5, 51.0, 89.9, 186.7, 335.7, 655.9, 1280.8]),
  row("llama-3-70b", "a100", 8, [14.3, 14.9, 15.5, 18.9, 30.6, 52.1, 94.4, 183.9, 352.5, 701.4]),
  row("llama-2-70b", "h100", 4, [14.3, 15.3, 15.3, 15.9, 19.2, 30.0, 62.1, 110.6, 222.8]),
  row("llama-2-70b", "h100", 8, [8.4, 9.3, 9.0, 10.0, 11.5, 17.7, 32.6, 63.7, 121.6]),
];

function row(model: string, gpu: string, tensorParallel: number, ms: readonly number[]) {
  return { model, gpu, tensorParallel, points: ms.map((value, i) => ({ tokens: TOKENS[i] ?? 0, ms: value })) };
}

/** Points of one row. */
export function rowOf(model: string, gpu: string, tensorParallel: number): readonly StepPoint[] {
  const found = MEASURED.find(
    (each) => each.model === model && each.gpu === gpu && each.tensorParallel === tensorParallel,
  );
  if (found === undefined) throw new Error(`no row of ${model} on ${tensorParallel} x ${gpu}`);
  return found.points;
}

/** Mean over the points of |fitted / measured - 1|. */
export function hingeError(hinge: Hinge, points: readonly StepPoint[]): number {
  let sum = 0;
  for (const { tokens, ms } of points) sum += Math.abs(hingeMs(hinge, tokens) / ms - 1);
  return sum / points.length;
}
