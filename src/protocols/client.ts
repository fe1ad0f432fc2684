import type { Clock, Redactor } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import { Answer, type AnswerTools, answerTools } from "./answer.ts";
import { Attempt, type AttemptOwner } from "./attempt.ts";
import type { Opening, OpeningStep } from "./dialects/dialect.ts";
import { OpeningTurn } from "./opened-session.ts";
import { prepareTarget } from "./prepare.ts";
import type { RequestExtras, RequestWriter } from "./request.ts";
import type { Transport } from "./transport/carrier.ts";
import { passedDeadline } from "./transport/deadlines.ts";
import { transportFor } from "./transport/transport-for.ts";
import type { Client, Exchange, Handle, TurnRequest, WireRequest } from "./types.ts";

export interface ClientOptions {
  readonly maxSockets: number;
  readonly redact: Redactor;
}

/** @throws PlimsollError with every fault of the target's headers, paths, placeholders and CA file */
export function createClient(target: Target, clock: Clock, options: ClientOptions): Client {
  return new HttpClient(target, clock, options);
}

class HttpClient implements Client, AttemptOwner {
  readonly clock: Clock;
  readonly redact: Redactor;
  readonly repeatable: boolean;
  readonly #target: Target;
  readonly #request: RequestWriter;
  readonly #opening: Opening | undefined;
  /** Header lines of the sessions that have been opened, by session. */
  readonly #opened = new Map<string, string>();
  readonly #stepTools = new Map<OpeningStep, AnswerTools>();
  readonly #tools: AnswerTools;
  readonly #pool: Transport;
  /** Dense: an ended one's place goes to the last. */
  readonly #active: Attempt[] = [];
  readonly #spareAnswers: Answer[] = [];

  constructor(target: Target, clock: Clock, options: ClientOptions) {
    const { dialect, dialling, request } = prepareTarget(target, () => clock.now());
    this.clock = clock;
    this.redact = options.redact;
    this.#opening = dialect.opening;
    this.repeatable = target.repeatable || target.method === "GET" || target.method === "HEAD";
    this.#target = target;
    this.#request = request;
    this.#tools = answerTools(dialect.rules, target.maxAnswerBytes);
    this.#pool = transportFor(target, dialect, dialling, clock, options.maxSockets);
  }

  get inFlight(): number {
    return this.#active.length;
  }

  get openSockets(): number {
    return this.#pool.open;
  }

  get waiting(): number {
    return this.#pool.waiting;
  }

  send(turn: TurnRequest, exchange: Exchange, done: (exchange: Exchange) => void): Handle {
    exchange.startedAt = this.clock.now();
    if (this.#opening === undefined) return this.#sendTurn(turn, undefined, exchange, done);
    const lines = this.#opened.get(turn.sessionId);
    if (lines === undefined) return this.#open(this.#opening, turn, exchange, done);
    return this.#sendOpened(turn, lines, exchange, done);
  }

  endSession(sessionId: string): void {
    this.#opened.delete(sessionId);
    this.#pool.endSession(sessionId);
  }

  sweep(now: number): void {
    const { timeouts } = this.#target;
    for (let i = this.#active.length - 1; i >= 0; i--) {
      const attempt = this.#active[i];
      if (attempt === undefined) continue;
      if (attempt.answer.state.lingering) {
        attempt.endLingering(now);
        continue;
      }
      const passed = passedDeadline(attempt, attempt.exchange.timeouts ?? timeouts, now);
      if (passed !== undefined) attempt.abort(passed.outcome, passed.reason, now);
    }
    this.#pool.sweep(now);
  }

  close(): void {
    for (const attempt of [...this.#active]) attempt.cancel("cancelled");
    this.#pool.close();
  }

  #sendTurn(
    turn: TurnRequest,
    extras: RequestExtras | undefined,
    exchange: Exchange,
    done: (exchange: Exchange) => void,
  ): Attempt {
    const wire = this.#request(turn, extras);
    return this.#start(
      turn.sessionId,
      wire,
      this.#spareAnswers.pop() ?? new Answer(this.#tools, exchange),
      exchange,
      done,
    );
  }

  /** A server that has forgotten the session says so with 404: the next attempt opens another. */
  #sendOpened(turn: TurnRequest, lines: string, exchange: Exchange, done: (exchange: Exchange) => void): Attempt {
    return this.#sendTurn(turn, { lines }, exchange, (ended) => {
      if (ended.status === 404) this.#opened.delete(turn.sessionId);
      done(ended);
    });
  }

  #open(opening: Opening, turn: TurnRequest, exchange: Exchange, done: (exchange: Exchange) => void): Handle {
    return new OpeningTurn(
      opening,
      {
        step: (step, lines, scratch, stepDone) => {
          scratch.startedAt = exchange.startedAt;
          const wire = this.#request(turn, { lines, body: step.body });
          return this.#start(turn.sessionId, wire, new Answer(this.#toolsOf(step), scratch), scratch, stepDone);
        },
        opened: (lines) => {
          this.#opened.set(turn.sessionId, lines);
          return this.#sendOpened(turn, lines, exchange, done);
        },
        failed: () => done(exchange),
      },
      exchange,
    );
  }

  #toolsOf(step: OpeningStep): AnswerTools {
    const known = this.#stepTools.get(step);
    if (known !== undefined) return known;
    const made = answerTools(step.rules, this.#target.maxAnswerBytes);
    this.#stepTools.set(step, made);
    return made;
  }

  #start(
    sessionId: string,
    wire: WireRequest,
    answer: Answer,
    exchange: Exchange,
    done: (exchange: Exchange) => void,
  ): Attempt {
    answer.reset(exchange);
    const attempt = new Attempt(this, sessionId, wire, exchange, answer, done);
    attempt.index = this.#active.length;
    this.#active.push(attempt);
    this.#pool.acquire(attempt);
    return attempt;
  }

  resend(attempt: Attempt): void {
    this.#pool.acquireFresh(attempt);
  }

  ended(attempt: Attempt): void {
    const last = this.#active.pop();
    if (last !== undefined && last !== attempt) {
      this.#active[attempt.index] = last;
      last.index = attempt.index;
    }
    if (attempt.answer.tools === this.#tools) this.#spareAnswers.push(attempt.answer);
  }
}
