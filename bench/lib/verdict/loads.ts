import type { LoadOf } from "./types.ts";

/** From a quarter of the peak over a ramp to the peak. */
export const CLIMB: NonNullable<LoadOf["stages"]> = [
  { steady: "40s", at: "0.25x" },
  { ramp: "60s", from: "0.25x", to: "1x" },
  { steady: "60s", at: "1x" },
];
/** One load all the time. */
export const LEVEL: NonNullable<LoadOf["stages"]> = [{ steady: "160s", at: "1x" }];
/** Steps up, and down again. */
export const STEPS: NonNullable<LoadOf["stages"]> = [
  { steady: "30s", at: "0.3x" },
  { steady: "40s", at: "0.65x" },
  { steady: "50s", at: "1x" },
  { steady: "40s", at: "0.3x" },
];

const SLO = ["ttft.p95 < 1200ms", "response.p95 < 15s", "stall.p95 < 1s", "errors.rate < 1%"];

export const chat = (peak: number, more: Partial<LoadOf> = {}): LoadOf => ({
  peak,
  personas: [{ name: "asker", prompts: "faq" }],
  slo: SLO,
  ...more,
});

/** Prompts of a length that nobody else asks. */
export const long = (peak: number, tokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  chat(peak, {
    personas: [{ name: "reader", prompts: { synthetic: { tokens: { median: tokens, sigma: 0.3 } } } }],
    ...more,
  });

/** Conversations of several turns, each with all that came before. */
export const talk = (peak: number, turns: number, tokens: number, more: Partial<LoadOf> = {}): LoadOf =>
  chat(peak, {
    personas: [{ name: "talker", prompts: { synthetic: { tokens } }, turns, think: "2s" }],
    ...more,
  });
