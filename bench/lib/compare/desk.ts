import { resolveStack, type StackSpec } from "../../../src/twin/index.ts";

export interface Change {
  readonly name: string;
  /** Times as long as before. */
  readonly step?: number;
  readonly prefill?: number;
  readonly decode?: number;
  readonly answers?: number;
  /** Share of the questions that fail. */
  readonly errors?: number;
}

/** Each for the worse. Prompts are short here: prefill that takes twice as long makes a first token some 4 % later, and one in a hundred gaps 6 % longer. */
export const CHANGES: readonly Change[] = [
  { name: "every step 10 % slower", step: 1.1, prefill: 1.1, decode: 1.1 },
  { name: "decode steps 10 % slower", step: 1.1 },
  { name: "prefill twice as slow", prefill: 2 },
  { name: "3 % of the questions fail", errors: 0.03 },
  { name: "answers 10 % shorter", answers: 0.9 },
];

/** A support desk behind a guard on one small engine. */
export function desk({ step = 1, prefill = 1, decode = 1, answers = 1, errors = 0 }: Partial<Change> = {}): StackSpec {
  return resolveStack({
    name: "support desk",
    seed: 7,
    entry: "door",
    parts: {
      door: { kind: "app", to: "llm", steps: [{ call: "guard" }] },
      guard: { kind: "station", stage: "guard", servers: 8, service: { median: "3ms", p99: "12ms" }, errors },
      llm: {
        kind: "pool",
        preset: "tiny",
        models: ["desk-1"],
        engine: {
          maxSeqs: 32,
          blocks: 3200,
          maxModelLen: 8192,
          costs: { c0: 12 * step, c1: 0.05 * prefill, c2: 0.04 * decode },
        },
        answers: { median: 60 * answers, p95: 160 * answers, max: 300 },
      },
    },
  });
}
