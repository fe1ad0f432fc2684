import { nearestRank } from "../../../stats/index.ts";
import type { Asked, Played } from "./play.ts";

export const done = (played: Played): readonly Asked[] => played.calls.filter((call) => call.figures !== undefined);

export const share = <T>(all: readonly T[], holds: (one: T) => boolean): number =>
  all.filter(holds).length / Math.max(1, all.length);

export const p95 = (values: readonly number[]): number => nearestRank(Float64Array.from(values).sort(), 0.95);

export const last = (values: readonly number[]): number => values.at(-1) ?? 0;

/** ms to a call's first token. */
export const ttft = (call: Asked): number => call.firstTokenAt - call.at;

/** ms that a call spent in a stage. */
export const stage =
  (name: Parameters<Asked["stages"]["get"]>[0]) =>
  (call: Asked): number =>
    call.stages.get(name) ?? 0;

export function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Different runs of four words, as a share of all of them. */
export function distinctFours(text: string): number {
  const words = text.split(/\s+/);
  const groups = words.slice(3).map((_, at) => words.slice(at, at + 4).join(" "));
  return new Set(groups).size / Math.max(1, groups.length);
}
