import { nonNegativeLeastSquares } from "../../stats/index.ts";
import type { StepCosts } from "../engine/types.ts";
import type { Setting } from "./model.ts";
import type { Start } from "./start.ts";
import type { Observed } from "./types.ts";

/** One measured time as a sum of coefficients times what is known of its steps. */
interface Row {
  readonly ms: number;
  /** Steps, tokens of each step, sequences, contexts of decodes, decodes, prefill work; whether a client's overhead is in it. */
  readonly steps: number;
  readonly tokens: readonly number[];
  readonly context: number;
  readonly decodes: number;
  readonly work: number;
  readonly requests: number;
}

/** Hinges that are tried; each gives the other coefficients in closed form. */
const HINGES = [8, 16, 32, 64, 96, 128, 192, 256, 384, 512];

/**
 * Stage one: what a probe's experiments isolate, by non-negative least squares weighted by 1/T. Idle decodes give c0 and d1, first tokens by prompt length
 * c1, c2 and p1, the ladder what a sequence adds. Undefined where the observations hold no such experiments.
 */
export function designedStart(setting: Setting, engineClock: boolean): Start | undefined {
  const rows = setting.episodes.flatMap(({ kind, requests }) => {
    if (kind === "prompt") return requests.slice(0, 1).flatMap((one) => promptRow(one, setting.spec.tokenBudget));
    if (kind === "idle")
      return requests.slice(0, 1).flatMap((one) => [...promptRow(one, setting.spec.tokenBudget), ...decodeRow([one])]);
    return (kind === "ladder" || kind === "deep") && requests.length <= setting.spec.maxSeqs ? decodeRow(requests) : [];
  });
  if (rows.length < 6) return undefined;
  let best: { readonly costs: StepCosts; readonly overhead: number; readonly residual: number } | undefined;
  for (const n0 of HINGES) {
    const matrix = rows.map((row) =>
      [
        row.steps,
        sum(row.tokens, (tokens) => Math.min(tokens, n0)),
        sum(row.tokens, (tokens) => Math.max(0, tokens - n0)),
        row.context,
        row.decodes,
        row.work,
        engineClock ? 0 : row.requests,
      ].map((value) => value / row.ms),
    );
    const { x, residual } = nonNegativeLeastSquares(
      matrix,
      rows.map(() => 1),
    );
    const [c0 = 0, c1 = 0, c2 = 0, d1 = 0, d2 = 0, p1 = 0, overhead = 0] = x;
    if (best === undefined || residual < best.residual)
      best = { costs: { c0, c1, c2, n0, ch: 0, d1, d2, p1, p2: 0, kappa: 1.15 }, overhead, residual };
  }
  if (best === undefined) return undefined;
  // A start needs something of everything: what noise made nothing may still be a little.
  const least = 0.02 * Math.min(...rows.map(({ ms }) => ms));
  best = { ...best, costs: { ...best.costs, c0: Math.max(least, best.costs.c0) } };
  return { name: "the probe's experiments", base: { costs: best.costs, overhead: best.overhead } };
}

function promptRow({ arrivedAt, firstTokenAt, inputTokens, cachedTokens }: Observed, budget: number): Row[] {
  const ms = firstTokenAt - arrivedAt;
  if (!(ms > 0)) return [];
  const cached = Number.isNaN(cachedTokens) ? 0 : cachedTokens;
  const tokens: number[] = [];
  let work = 0;
  for (let at = cached; at < inputTokens; ) {
    const m = Math.min(budget, inputTokens - at);
    tokens.push(m);
    work += m * (at + m / 2);
    at += m;
  }
  return [{ ms, steps: tokens.length, tokens, context: 0, decodes: 0, work, requests: 1 }];
}

/** A step of all the requests decoding together: the gap of the one that came last to its first token. */
function decodeRow(requests: readonly Observed[]): Row[] {
  const last = requests.reduce((a, b) => (b.firstTokenAt > a.firstTokenAt ? b : a));
  const ms = (last.lastTokenAt - last.firstTokenAt) / (last.outputTokens - 1);
  if (!(ms > 0) || last.outputTokens < 2) return [];
  const n = requests.length;
  const context = sum(requests, ({ inputTokens, outputTokens }) => inputTokens + outputTokens / 2);
  return [{ ms, steps: 1, tokens: [n], context, decodes: n, work: 0, requests: 0 }];
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
