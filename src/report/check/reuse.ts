import type { Workload } from "../../workload/index.ts";

/** Sessions that are drawn, and characters at which drawing ends. */
const SESSIONS = 2_000;
const MOST_CHARACTERS = 20_000_000;
/** About 16 tokens, the usual block of a prefix cache. */
const BLOCK = 64;
const CHARACTERS = 4;

export interface Reuse {
  /** Of the input, 0 to 1: what begins as an earlier request did, in whole blocks. */
  readonly share: number;
  readonly sessions: number;
}

/**
 * What a prefix cache that forgets nothing would find of the input of the run's first sessions, one after the other. Answers in the history count
 * with their `maxTokens`, and are in the cache too, as servers keep them.
 */
export function prefixReuse(workload: Workload, sessions: number): Reuse {
  const known = new Set<number>();
  let whole = 0;
  let hits = 0;
  let drawn = 0;
  const most = Math.min(SESSIONS, Math.ceil(sessions), workload.drawable);
  for (; drawn < most && whole < MOST_CHARACTERS; drawn++) {
    const { system = "", turns } = workload.session(drawn);
    let history = system;
    for (const [i, { prompt, maxTokens = 0 }] of turns.entries()) {
      history += prompt;
      whole += history.length;
      hits += Math.min(history.length, remember(history, known));
      history += String.fromCharCode(0xe000 + (i % 1000), ...numberOf(drawn)).padEnd(maxTokens * CHARACTERS, "\u0001");
    }
  }
  return { share: whole === 0 ? 0 : hits / whole, sessions: drawn };
}

/** Four letters that stand for a number: no two sessions get the same answers. */
function numberOf(session: number): number[] {
  return [12, 8, 4, 0].map((shift) => 0xe000 + ((session >> shift) & 15));
}

/** Characters of the leading blocks that were known; all of them are afterwards. */
function remember(text: string, known: Set<number>): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  let found = 0;
  let broken = false;
  for (let at = 0; at + BLOCK <= text.length; at += BLOCK) {
    for (let i = at; i < at + BLOCK; i++) {
      low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ low, 0x85ebca6b);
    }
    const key = (low >>> 0) + ((high >>> 11) & 0x1fffff) * 0x1_0000_0000;
    if (!broken && known.has(key)) found = at + BLOCK;
    else {
      broken = true;
      known.add(key);
    }
  }
  return found;
}
