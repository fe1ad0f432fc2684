import type { Persona } from "../plan/index.ts";
import { type Exchange, type Handle, LEFT, Reader, readingTime, type ToolCall } from "../protocols/index.ts";
import type { AskPlace } from "./ask-place.ts";
import type { Conversation } from "./conversation.ts";
import { hookedAnswer, hookedRequest } from "./hook-session.ts";
import { retryDelay } from "./retry.ts";
import type { SessionHost } from "./session-host.ts";
import { requestOf, writeUnsent } from "./unsent.ts";

export interface Answered {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly responseId: string | undefined;
  readonly endAt: number;
  /** A hook of the plan ends the session with it. */
  readonly enough: boolean;
  /** The user had read enough. */
  readonly stopped: boolean;
}

/** `failed`: for good; `left`: nothing was sent any more. */
export type AskEnd =
  | ({ readonly kind: "answered" } & Answered)
  | { readonly kind: "failed" | "left"; readonly endAt: number | undefined };

/**
 * One question to a model until it is answered or given up: the client's retries, and when these are used up, those of the user, each an attempt
 * of its own. The client's keep the intended time of their question, since the user has waited from then on; a user who asks again by hand
 * begins to wait anew.
 */
export class Ask {
  readonly #host: SessionHost;
  readonly #place: AskPlace;
  readonly #persona: Persona | undefined;
  readonly #talk: Conversation;
  readonly #done: (end: AskEnd) => void;
  #attempt = 0;
  /** Attempts of the client since the user asked. */
  #tries = 0;
  /** Times that the user asked again. */
  #again = 0;
  #handle: Handle | undefined;
  #lastEnd: number | undefined;
  #over = false;

  constructor(host: SessionHost, place: AskPlace, talk: Conversation, done: (end: AskEnd) => void) {
    this.#host = host;
    this.#place = place;
    this.#persona = host.plan.workload.personas[place.script.persona];
    this.#talk = talk;
    this.#done = done;
  }

  /** No further attempt; an answer under way goes on. */
  stop(): void {
    if (this.#handle === undefined) this.#end({ kind: "left", endAt: this.#lastEnd });
  }

  cancel(): void {
    if (this.#handle === undefined) this.stop();
    else this.#handle.cancel("cancelled");
  }

  begin(scheduledAt: number, dueAt: number): void {
    if (this.#over) return;
    const { client, board, rows, worker, stages, clock } = this.#host;
    const { script, index, turn } = this.#place;
    // The user waits from the intended time on: behind a cap, and through every retry of the client.
    const patience = turn.patience - (clock.now() - scheduledAt);
    if (patience <= 0) {
      // A retry's turn has a row already: that of the attempt that failed.
      if (this.#attempt === 0) writeUnsent(this.#host, this.#place, scheduledAt);
      this.stop();
      return;
    }
    if (!this.#host.claimRequest()) {
      this.stop();
      return;
    }
    const stage = stages.indexAt(scheduledAt);
    const request = hookedRequest(this.#host, script, requestOf(this.#host, this.#place, this.#attempt, this.#talk));
    const exchange = rows.claim(stage, script.persona, script.session, index);
    exchange.patience = patience;
    this.#behave(exchange);
    board.add(worker, "attemptsStarted", 1);
    const inFlight = client.inFlight + 1;
    const move = this.#again > 0 ? "retry" : turn.instead?.move;
    this.#handle = client.send(request, exchange, (ended) => {
      this.#handle = undefined;
      board.add(worker, "attemptsEnded", 1);
      rows.write(ended, { request, place: this.#place, move, stage, scheduledAt, dueAt, inFlight });
      this.#lastEnd = ended.endAt;
      const enough = hookedAnswer(this.#host, script, request, ended);
      const answer = answerOf(ended, enough);
      const next = answer === undefined && !enough ? this.#next(ended, scheduledAt) : undefined;
      const { endAt } = ended;
      rows.release(ended);
      if (answer !== undefined) this.#end({ kind: "answered", ...answer });
      else if (next === undefined) this.#end({ kind: "failed", endAt });
      else if (!this.#host.mayStart(next.dueAt)) this.stop();
      else this.#host.pacer.at(next.dueAt, () => this.begin(next.scheduledAt, next.dueAt));
    });
  }

  /** What the user does while the answer comes. */
  #behave(exchange: Exchange): void {
    const { turn } = this.#place;
    exchange.stallPatience = turn.stallPatience;
    if (turn.stop !== undefined) {
      exchange.stopEvents = turn.stop.events;
      exchange.stopAfter = turn.stop.after;
    }
    exchange.timeouts = this.#persona?.timeouts;
    const speed = this.#persona?.reading;
    if (speed !== undefined) exchange.reader = new Reader(readingTime(speed));
  }

  /** When the client, or else the user, asks again. */
  #next(ended: Exchange, scheduledAt: number): { scheduledAt: number; dueAt: number } | undefined {
    const { plan } = this.#host;
    const { endAt, outcome = "failed" } = ended;
    this.#attempt++;
    const delay = retryDelay(plan.target.retries, this.#tries, ended);
    if (delay !== undefined) {
      this.#tries++;
      return { scheduledAt, dueAt: endAt + delay };
    }
    const wait = this.#place.turn.retries[this.#again];
    if (wait === undefined || this.#persona?.retry?.on.includes(outcome) !== true) return undefined;
    this.#again++;
    this.#tries = 0;
    return { scheduledAt: endAt + wait, dueAt: endAt + wait };
  }

  #end(end: AskEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(end);
  }
}

/** What the conversation goes on with; an answer that the user stopped is one as far as it came. */
function answerOf(
  { outcome, reason, text, toolCalls, responseId, endAt }: Exchange,
  enough: boolean,
): Answered | undefined {
  const answered = outcome === "complete" || outcome === "capped" || outcome === "filtered";
  const stopped = outcome === LEFT.stopped.outcome && reason === LEFT.stopped.reason;
  return answered || stopped ? { text, toolCalls, responseId, endAt, enough, stopped } : undefined;
}
