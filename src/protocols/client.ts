import type { Clock, Redactor } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import { Answer, type AnswerTools, answerTools } from "./answer.ts";
import { Attempt, type AttemptOwner } from "./attempt.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import { prepareTarget } from "./prepare.ts";
import type { Connection } from "./transport/connection.ts";
import { passedDeadline } from "./transport/deadlines.ts";
import { Pool } from "./transport/pool.ts";
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
  readonly rules: AnswerRules;
  readonly repeatable: boolean;
  readonly #target: Target;
  readonly #request: (turn: TurnRequest) => WireRequest;
  readonly #tools: AnswerTools;
  readonly #pool: Pool;
  /** Dense: an ended one's place goes to the last. */
  readonly #active: Attempt[] = [];
  readonly #spareAnswers: Answer[] = [];

  constructor(target: Target, clock: Clock, options: ClientOptions) {
    const { dialect, dialling, request } = prepareTarget(target, () => clock.now());
    this.clock = clock;
    this.redact = options.redact;
    this.rules = dialect.rules;
    this.repeatable = target.repeatable || target.method === "GET" || target.method === "HEAD";
    this.#target = target;
    this.#request = request;
    this.#tools = answerTools(dialect.rules, target.maxAnswerBytes);
    this.#pool = new Pool(dialling, clock, { max: options.maxSockets, keepAlive: target.connections.keepAlive });
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
    const wire = this.#request(turn);
    const answer = this.#spareAnswers.pop() ?? new Answer(this.#tools, exchange);
    answer.reset(exchange);
    const attempt = new Attempt(this, wire, exchange, answer, done);
    attempt.index = this.#active.length;
    this.#active.push(attempt);
    exchange.startedAt = this.clock.now();
    this.#pool.acquire(attempt);
    return attempt;
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
      const passed = passedDeadline(attempt, timeouts, now);
      if (passed !== undefined) attempt.abort(passed.outcome, passed.reason, now);
    }
    this.#pool.sweep(now);
  }

  close(): void {
    for (const attempt of [...this.#active]) attempt.cancel("cancelled");
    this.#pool.close();
  }

  resend(attempt: Attempt): void {
    this.#pool.acquireFresh(attempt);
  }

  release(connection: Connection, at: number): void {
    this.#pool.release(connection, at);
  }

  drain(connection: Connection, at: number): void {
    this.#pool.drain(connection, at);
  }

  ended(attempt: Attempt): void {
    const last = this.#active.pop();
    if (last !== undefined && last !== attempt) {
      this.#active[attempt.index] = last;
      last.index = attempt.index;
    }
    this.#spareAnswers.push(attempt.answer);
  }
}
