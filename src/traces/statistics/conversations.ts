import { Histogram } from "../../stats/index.ts";

/** Conversations that are remembered at most. */
const MOST = 5_000_000;

export interface SessionStatistics {
  readonly sessions: number;
  readonly turnsMean: number;
  /** Share of the sessions with more than one request. */
  readonly multiTurn: number;
  readonly turnsMost: number;
  /** s from one request of a session to its next; absent without any. */
  readonly gaps?: { readonly p10: number; readonly p50: number; readonly p90: number };
}

/** Requests of the conversations that a trace names. */
export class Conversations {
  readonly #last = new Map<string, { at: number; turns: number }>();
  /** In seconds, so that gaps of days find their place. */
  readonly #gaps = new Histogram();
  #requests = 0;

  add(session: string, at: number): void {
    const known = this.#last.get(session);
    if (known === undefined) {
      if (this.#last.size >= MOST) return;
      this.#last.set(session, { at, turns: 1 });
    } else {
      this.#gaps.record(Math.max(0, at - known.at) / 1000);
      known.at = at;
      known.turns++;
    }
    this.#requests++;
  }

  result(): SessionStatistics | undefined {
    const sessions = this.#last.size;
    if (sessions === 0) return undefined;
    let [several, most] = [0, 0];
    for (const { turns } of this.#last.values()) {
      if (turns > 1) several++;
      most = Math.max(most, turns);
    }
    const gap = (p: number): number => this.#gaps.quantile(p);
    return {
      sessions,
      turnsMean: this.#requests / sessions,
      multiTurn: several / sessions,
      turnsMost: most,
      ...(several === 0 ? {} : { gaps: { p10: gap(0.1), p50: gap(0.5), p90: gap(0.9) } }),
    };
  }
}
