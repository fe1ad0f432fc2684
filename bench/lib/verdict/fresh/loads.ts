import { chat, long, talk } from "../loads.ts";
import type { LoadOf } from "../types.ts";

type Stages = NonNullable<LoadOf["stages"]>;

export { chat, long, talk };

/** A ramp alone, from next to nothing. */
export const RAMP: Stages = [{ ramp: "150s", from: "0.1x", to: "1x" }];
/** A stress stage in five stairs. */
export const STAIRS: Stages = [{ stress: "150s", from: "0.2x", to: "1x", steps: 5 }];
/** Calm, a sudden crowd, and calm again. */
export const SPIKE: Stages = [
  { baseline: "40s", at: "0.4x" },
  { spike: "40s", from: "0.4x", to: "1x", rise: "5s" },
  { recovery: "60s", at: "0.4x" },
];
export const SOAK: Stages = [{ soak: "240s", at: "1x" }];
/** A level that is reached step by step; whole numbers of users, if the peak is a multiple of four. */
export const CROWD: Stages = [
  { steady: "30s", at: "0.25x" },
  { steady: "40s", at: "0.5x" },
  { steady: "60s", at: "1x" },
];
/** A day in small: three waves. */
export const WAVE: Stages = [
  { steady: "180s", load: [{ hold: "0.6x" }, { sine: { amplitude: "0.4x", period: "60s" } }] },
];
/** Nothing for long, then all of it, then nothing. */
export const RESTED: Stages = [{ rest: "60s" }, { steady: "90s", at: "1x" }, { rest: "40s" }];
/** Up, on top, down. */
export const HILL: Stages = [
  { ramp: "60s", from: "0.2x", to: "1x" },
  { steady: "40s", at: "1x" },
  { ramp: "40s", from: "1x", to: "0.2x" },
  { steady: "30s", at: "0.2x" },
];
export const LEVEL: Stages = [{ steady: "150s", at: "1x" }];

/** Users who wait for their answer before they ask again. */
export const crowd = (users: number, think: string, more: Partial<LoadOf> = {}): LoadOf =>
  chat(users, {
    unit: "users",
    personas: [{ name: "asker", prompts: "faq", turns: 4, think }],
    stages: CROWD,
    ...more,
  });

/** What a model is asked with documents before it: prompts of a length, answers of at most one. */
export const documents = (peak: number, tokens: number, maxTokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  chat(peak, {
    personas: [{ name: "reader", prompts: { synthetic: { tokens: { median: tokens, sigma: 0.2 } } }, maxTokens }],
    ...more,
  });

/** A system prompt of about 2,000 tokens, the same for everybody. */
export const HANDBOOK = Array.from(
  { length: 130 },
  (_, i) =>
    `Rule ${i + 1}: answer in plain words, name the source of each figure, and ask again where the question has no one answer.`,
).join("\n");
