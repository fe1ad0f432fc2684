import type { ChatMessage, Handle } from "../protocols/index.ts";
import type { SessionScript, TurnScript } from "../workload/index.ts";
import { retryDelay } from "./retry.ts";
import type { SessionHost } from "./session-host.ts";
import { requestOf, writeUnsent } from "./unsent.ts";

/**
 * One conversation: each turn is asked when the user has thought, after the answer before it. A turn that fails for good ends the
 * session, as it would for a user; a turn's retries are the ones that the plan asked for.
 */
export class Session {
  readonly #host: SessionHost;
  readonly #script: SessionScript;
  readonly #leave: ((at: number) => boolean) | undefined;
  readonly #ended: (at: number, failed: boolean) => void;
  readonly #history: ChatMessage[] = [];
  #failed = false;
  #lastEnd: number | undefined;
  /** Name that the server gave the last answer. */
  #previousId: string | undefined;
  #handle: Handle | undefined;
  #over = false;

  constructor(
    host: SessionHost,
    script: SessionScript,
    leave: ((at: number) => boolean) | undefined,
    /** Told when the last answer ended, or where there was none, now. */
    ended: (at: number, failed: boolean) => void,
  ) {
    this.#host = host;
    this.#script = script;
    this.#leave = leave;
    this.#ended = ended;
    if (script.system !== undefined) this.#history.push({ role: "system", content: script.system });
  }

  begin(scheduledAt: number, dueAt: number): void {
    this.#turn(0, scheduledAt, dueAt);
  }

  /** No further turn or retry; an answer under way goes on. */
  stop(): void {
    if (this.#handle === undefined) this.#end();
  }

  cancel(): void {
    if (this.#handle === undefined) this.#end();
    else this.#handle.cancel("cancelled");
  }

  #turn(index: number, scheduledAt: number, dueAt: number): void {
    const turn = this.#script.turns[index];
    if (this.#over) return;
    if (turn === undefined || !this.#host.mayStart(scheduledAt) || this.#leave?.(scheduledAt) === true) {
      this.#end();
      return;
    }
    this.#history.push({ role: "user", content: turn.content });
    this.#attempt(index, turn, 0, scheduledAt, dueAt);
  }

  #attempt(index: number, turn: TurnScript, attempt: number, scheduledAt: number, dueAt: number): void {
    if (this.#over) return;
    const { plan, client, board, rows, worker, stages, clock } = this.#host;
    // The user waits from the intended time on: behind a cap, and through every retry.
    const patience = turn.patience - (clock.now() - scheduledAt);
    if (patience <= 0) {
      // A retry's turn has a row already: that of the attempt that failed.
      if (attempt === 0) writeUnsent(this.#host, this.#script, index, scheduledAt);
      this.#end();
      return;
    }
    if (!this.#host.claimRequest()) {
      this.#end();
      return;
    }
    const { session, persona } = this.#script;
    const stage = stages.indexAt(scheduledAt);
    const asked = requestOf(this.#host, this.#script, index, attempt, this.#history);
    const request = this.#previousId === undefined ? asked : { ...asked, previousId: this.#previousId };
    const exchange = rows.claim(stage, persona, session, index);
    exchange.patience = patience;
    board.add(worker, "attemptsStarted", 1);
    const inFlight = client.inFlight + 1;
    this.#handle = client.send(request, exchange, (ended) => {
      this.#handle = undefined;
      board.add(worker, "attemptsEnded", 1);
      rows.write(ended, { request, turn, stage, persona, session, scheduledAt, dueAt, inFlight });
      const outcome = ended.outcome ?? "failed";
      const endAt = ended.endAt;
      this.#lastEnd = endAt;
      const delay = retryDelay(plan.target.retries, attempt, ended);
      const answered = outcome === "complete" || outcome === "capped" || outcome === "filtered";
      if (answered) {
        this.#history.push({ role: "assistant", content: ended.text });
        this.#previousId = ended.responseId;
      }
      rows.release(ended);
      if (answered) this.#next(index, endAt);
      else if (delay === undefined) {
        this.#failed = true;
        this.#end();
      } else this.#retry(index, turn, attempt + 1, scheduledAt, endAt + delay);
    });
  }

  #next(index: number, endAt: number): void {
    const next = this.#script.turns[index + 1];
    if (next === undefined) {
      this.#end();
      return;
    }
    const at = next.at === undefined ? endAt + next.think : Math.max(next.at, endAt);
    if (!this.#host.mayStart(at)) this.#end();
    else this.#host.pacer.at(at, (due) => this.#turn(index + 1, due, due));
  }

  #retry(index: number, turn: TurnScript, attempt: number, scheduledAt: number, dueAt: number): void {
    if (!this.#host.mayStart(dueAt)) this.#end();
    else this.#host.pacer.at(dueAt, () => this.#attempt(index, turn, attempt, scheduledAt, dueAt));
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#host.client.endSession(String(this.#script.session));
    this.#ended(this.#lastEnd ?? this.#host.clock.now(), this.#failed);
  }
}
