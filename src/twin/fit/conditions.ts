import type { Observations, Observed, Parameter } from "./types.ts";

/** What was assumed because nobody told it; undefined: it was told. */
export interface AssumedSettings {
  readonly tokenBudget: number | undefined;
  readonly maxSeqs: number | undefined;
}

/** No engine is run with fewer tokens a step: whatever it takes, shorter prompts are one step. */
const LEAST_BUDGET = 256;
/** Of prompts in several steps some are the steps' own cost, more of them the fewer tokens a step takes. */
const OF_PREFILL: readonly Parameter[] = ["c2", "n0", "p1", "kappa"];
const OF_BATCH: readonly Parameter[] = ["c0", "c1", "d1", "d2"];

/** Coefficients that would come out otherwise if an assumed setting were another, with what is assumed. */
export function conditionsOf(
  { episodes }: Observations,
  { tokenBudget, maxSeqs }: AssumedSettings,
): ReadonlyMap<Parameter, string> {
  const conditions = new Map<Parameter, string>();
  const add = (names: readonly Parameter[], text: string): void => {
    for (const name of names) conditions.set(name, text);
  };
  if (tokenBudget !== undefined && mostPrefill(episodes.flatMap(({ requests }) => requests)) > LEAST_BUDGET)
    add(OF_PREFILL, `given ${tokenBudget} tokens a step (--token-budget)`);
  if (maxSeqs !== undefined && episodes.some(({ requests, kind }) => kind === "run" && isCrowded(requests)))
    add(OF_BATCH, `given ${maxSeqs} sequences a step (--max-seqs)`);
  return conditions;
}

/** Most tokens of one prompt that were computed. */
function mostPrefill(requests: readonly Observed[]): number {
  const computed = requests.map(({ inputTokens, cachedTokens }) =>
    Number.isNaN(cachedTokens) ? inputTokens : inputTokens - cachedTokens,
  );
  return computed.reduce((most, tokens) => Math.max(most, tokens), 0);
}

/** Share by which more requests are open than stream, from which on some of them wait rather than have their prompts read. */
const WAITING = 0.2;

/** Whether requests waited while others streamed, as they do where a step holds no more sequences. */
function isCrowded(requests: readonly Observed[]): boolean {
  const open = mostAtOnce(requests.map(({ arrivedAt, lastTokenAt }) => [arrivedAt, lastTokenAt]));
  const streaming = mostAtOnce(requests.map(({ firstTokenAt, lastTokenAt }) => [firstTokenAt, lastTokenAt]));
  return open > (1 + WAITING) * streaming + 2;
}

function mostAtOnce(spans: readonly (readonly [from: number, to: number])[]): number {
  const events = spans.flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const]);
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let [now, most] = [0, 0];
  for (const [, change] of events) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
