import type { IncomingMessage, ServerResponse } from "node:http";
import { monotonicMs } from "../../base/index.ts";
import { Conversations } from "./conversations.ts";
import { driver } from "./driver.ts";
import { PacedEngine } from "./engine.ts";
import type { Format } from "./formats.ts";
import { refuse, requestIdOf, traceOf } from "./http.ts";
import type { PacedOptions } from "./options.ts";
import { reply } from "./reply.ts";
import type { Asked } from "./requests.ts";
import { scheduleOf } from "./schedule.ts";
import type { SendLog } from "./send-log.ts";
import { answerTokens } from "./text.ts";

export interface PacedState {
  /** Requests taken so far. */
  readonly requests: number;
  /** Answers under way. */
  readonly running: number;
  /** Requests in line. */
  readonly waiting: number;
}

const MOST_CONVERSATIONS = 100_000;

/** Puts requests in line and answers them; one for the whole server, whichever endpoint a request came through. */
export class PacedService {
  readonly #options: PacedOptions;
  readonly #log: SendLog;
  readonly #engine: PacedEngine;
  readonly #driver: ReturnType<typeof driver>;
  readonly #conversations = new Conversations(MOST_CONVERSATIONS);
  #requests = 0;

  constructor(options: PacedOptions, log: SendLog) {
    this.#options = options;
    this.#log = log;
    this.#engine = new PacedEngine(options.slots, options.queue);
    this.#driver = driver(this.#engine, monotonicMs);
  }

  get state(): PacedState {
    return { requests: this.#requests, running: this.#engine.running, waiting: this.#engine.waiting };
  }

  stop(): void {
    this.#driver.stop();
  }

  take(message: IncomingMessage, response: ServerResponse, asked: Asked, format: Format): void {
    const number = this.#requests++;
    const id = requestIdOf(message) ?? `paced-${number}`;
    response.setHeader("x-request-id", id);
    const inputTokens = asked.inputTokens + this.#conversations.lengthOf(asked.session);
    const schedule = scheduleOf(this.#options, { number, inputTokens, maxTokens: asked.maxTokens });
    if (schedule.ending === "fail") {
      refuse(response, 500, "this request fails because the server was told to");
      return;
    }
    if (this.#engine.full) {
      response.setHeader("retry-after", "1");
      refuse(response, 429, "the queue is full");
      return;
    }
    const answer = {
      id: `chatcmpl-${number}`,
      model: this.#options.model,
      created: Math.floor(Date.now() / 1000),
      inputTokens,
      tokens: answerTokens(this.#options.seed, number, schedule.tokens),
      includeUsage: asked.includeUsage,
    };
    const sink = reply({
      response,
      request: { id, trace: traceOf(message) },
      answer,
      format,
      log: this.#log,
      now: monotonicMs,
      over: (sent) => this.#conversations.grow(asked.session, asked.inputTokens + sent),
    });
    const ticket = this.#engine.submit(monotonicMs(), schedule, sink);
    response.once("close", () => {
      ticket.cancel(monotonicMs());
      this.#driver.arm();
    });
    this.#driver.arm();
  }
}
