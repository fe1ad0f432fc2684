import type { LoadOf } from "../types.ts";

type Stages = NonNullable<LoadOf["stages"]>;

/** Plateaus with short slopes between them. */
export const TERRACES: Stages = [
  { steady: "25s", at: "0.3x" },
  { ramp: "10s", from: "0.3x", to: "0.7x" },
  { steady: "30s", at: "0.7x" },
  { ramp: "10s", from: "0.7x", to: "1x" },
  { steady: "45s", at: "1x" },
];
/** Little for long, and all of it at once. */
export const LATE: Stages = [
  { steady: "60s", at: "0.2x" },
  { steady: "60s", at: "1x" },
];
/** Two crowds, the second larger. */
export const TWICE: Stages = [
  { baseline: "25s", at: "0.3x" },
  { spike: "25s", from: "0.3x", to: "0.8x", rise: "3s" },
  { recovery: "25s", at: "0.3x" },
  { spike: "25s", from: "0.3x", to: "1x", rise: "3s" },
  { recovery: "20s", at: "0.3x" },
];
/** A slope of two angles. */
export const BENT: Stages = [
  { ramp: "80s", from: "0.2x", to: "0.5x" },
  { ramp: "50s", from: "0.5x", to: "1x" },
];
export const FLAT: Stages = [{ steady: "120s", at: "1x" }];

const LIMITS = ["ttft.p90 < 1s", "response.p90 < 14s", "errors.rate < 0.5%"];

export const ask = (peak: number, more: Partial<LoadOf> = {}): LoadOf => ({
  peak,
  personas: [{ name: "caller", prompts: "faq" }],
  slo: LIMITS,
  ...more,
});

/** Some ask little, others hand over whole letters. */
export const blend = (peak: number, tokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  ask(peak, {
    personas: [
      { name: "caller", weight: 3, prompts: "faq" },
      {
        name: "clerk",
        weight: 2,
        prompts: { synthetic: { tokens: { median: tokens, sigma: 0.4 } } },
        maxTokens: 300,
      },
    ],
    ...more,
  });

/** Letters of a length, with short answers. */
export const letters = (peak: number, tokens: number, maxTokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  ask(peak, {
    personas: [{ name: "clerk", prompts: { synthetic: { tokens: { median: tokens, sigma: 0.25 } } }, maxTokens }],
    ...more,
  });

/** Talks of several turns, with as many tokens added each time. */
export const dialogue = (peak: number, turns: number, tokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  ask(peak, {
    personas: [{ name: "guest", prompts: { synthetic: { tokens } }, turns, think: "3s" }],
    ...more,
  });

/** A room of people who wait for each answer. */
export const room = (users: number, think: string, more: Partial<LoadOf> = {}): LoadOf =>
  ask(users, {
    unit: "users",
    personas: [{ name: "caller", prompts: "faq", turns: 3, think }],
    stages: [
      { steady: "30s", at: "0.2x" },
      { steady: "35s", at: "0.6x" },
      { steady: "55s", at: "1x" },
    ],
    ...more,
  });
