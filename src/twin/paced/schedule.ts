import { type Random, randomStream } from "../../base/index.ts";
import { standardNormal } from "../../stats/index.ts";
import type { PacedOptions } from "./options.ts";

/** How an answer ends: as it should, cut at the length asked for, or broken by the server's own faults. */
export type Ending = "stop" | "length" | "fail" | "sever" | "stream-error";

/** All that will happen to one request once it has a slot, fixed before it begins. */
export interface Schedule {
  /** ms from the slot to the first token; token k comes `k * gap` later. */
  readonly first: number;
  readonly gap: number;
  /** Tokens that are sent, at least one unless `ending` is `fail`. */
  readonly tokens: number;
  readonly ending: Ending;
}

/** An answer longer than this would outlast any patience. */
const MOST_TOKENS = 100_000;

/** The schedule of the n-th request; it depends on seed, n and the request alone. */
export function scheduleOf(
  options: PacedOptions,
  request: { readonly number: number; readonly inputTokens: number; readonly maxTokens: number | undefined },
): Schedule {
  const random = randomStream(options.seed, "paced", request.number);
  const wanted = Math.round(options.tokens * Math.exp(options.tokenSpread * standardNormal(random)));
  const whole = Math.min(Math.max(1, wanted), MOST_TOKENS);
  const limit = request.maxTokens ?? whole;
  const tokens = Math.min(whole, limit);
  const broken = breakage(options, random);
  return {
    first: options.firstToken + options.perInputToken * request.inputTokens,
    gap: options.gap,
    tokens: broken === "fail" ? 0 : broken === undefined ? tokens : Math.max(1, Math.ceil(tokens * random.next())),
    ending: broken ?? (limit < whole ? "length" : "stop"),
  };
}

function breakage(options: PacedOptions, random: Random): "fail" | "sever" | "stream-error" | undefined {
  const draw = random.next();
  if (draw < options.failRate) return "fail";
  if (draw < options.failRate + options.severRate) return "sever";
  if (draw < options.failRate + options.severRate + options.streamErrorRate) return "stream-error";
  return undefined;
}
