import type { Random } from "../../base/index.ts";
import type { ProbedRequest, ProbeEpisode } from "../fit/types.ts";
import type { Ask, Asked, Asker } from "./asker.ts";
import { failureOf, figure, isWhole } from "./failures.ts";
import type { Speed } from "./speed.ts";
import type { Spend } from "./spend.ts";
import { uniqueText } from "./words.ts";

/** What every experiment works with. */
export interface Rig {
  asker: Asker;
  /** Nothing more is sent once it is aborted. */
  readonly stop: AbortSignal;
  readonly spend: Spend;
  readonly speed: Speed;
  readonly random: Random;
  /** Prompt tokens for `words` words, as the server counted: `base + each words`. */
  base: number;
  each: number;
  /** Longest prompt, tokens. */
  maxPrompt: number;
  /** Tokens of a prompt and its answer together, as the server said; undefined: it has not. */
  context: number | undefined;
  /** Tokens that all contexts together may have in the KV cache; undefined: not known. */
  readonly memory: number | undefined;
  /** Tokens of an answer whose gaps are looked at. */
  output: number;
  readonly episodes: ProbeEpisode[];
  /** What was not measured as it was meant, and why: one sentence each, without a full stop. */
  readonly notes: string[];
}

/** An episode came whole; or it was not sent, because the means do not allow it; or requests of it failed. */
export type Sent =
  | { readonly ended: "whole"; readonly asked: readonly Asked[] }
  | { readonly ended: "unsent"; readonly why: string }
  | { readonly ended: "failed"; readonly why: string; readonly asked: readonly Asked[] };

/** Why an experiment has no more than it has. */
const INTERRUPTED = "the probe was interrupted";

/** A prompt of about so many tokens; no two begin alike. */
export function promptOf(rig: Rig, tokens: number): string {
  return uniqueText(rig.random, Math.max(1, Math.round((tokens - rig.base) / rig.each)));
}

/** Sends one episode if the means allow it. `what` begins the sentence that says why not. */
export async function send(
  rig: Rig,
  episode: { readonly kind: string; readonly level: number; readonly what: string },
  asks: readonly Ask[],
  tokens: number,
  ms: number,
): Promise<Sent> {
  const { spend, asker } = rig;
  const { kind, level, what } = episode;
  if (rig.stop.aborted) return { ended: "unsent", why: `${what}: ${INTERRUPTED}` };
  const lack = spend.lack(asks.length, tokens, ms);
  if (lack !== undefined) return { ended: "unsent", why: `${what} ${lack}` };
  const asked = await asker.episode(asks, spend.until);
  spend.take(
    asks.length,
    asked.reduce((sum, { row }) => sum + (row.inputTokens ?? 0) + (row.outputTokens ?? 0), 0),
  );
  const rows = asked.map(({ row }) => row);
  rig.episodes.push({ kind, level, requests: rows });
  const bad = rows.filter((row) => !isWhole(row));
  const failed = bad.filter(({ outcome }) => outcome !== "cancelled");
  if (failed[0] !== undefined) {
    const many = asks.length === 1 ? "" : `${figure(failed.length)} of ${figure(asks.length)} requests failed, `;
    return { ended: "failed", why: `${what}: ${many}${failureOf(failed[0])}`, asked };
  }
  if (rig.stop.aborted && bad.length > 0) return { ended: "failed", why: `${what}: ${INTERRUPTED}`, asked };
  if (bad.length > 0 || asked.length < asks.length)
    return { ended: "failed", why: `${what} took longer than the time that was left; give a larger --budget`, asked };
  return { ended: "whole", asked };
}

/** ms to the first token; NaN where none came. */
export function firstOf({ sentAt, firstTokenAt }: ProbedRequest): number {
  return firstTokenAt === null ? Number.NaN : firstTokenAt - sentAt;
}
