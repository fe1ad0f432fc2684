import { type Clock, type Random, redactor } from "../../base/index.ts";
import { resolvePlan, type Target } from "../../plan/index.ts";
import { type Client, createClient, type Exchange, type Handle, newExchange } from "../../protocols/index.ts";
import type { ProbedRequest } from "../fit/types.ts";

/** One request of an experiment. */
export interface Ask {
  readonly text: string;
  readonly outputTokens: number;
  /** ms after the episode's start. */
  readonly after: number;
}

/** A request's end: its row, and its gaps between tokens, ms. */
export interface Asked {
  readonly row: ProbedRequest;
  readonly gaps: readonly number[];
}

/** ms between looks at the deadlines. */
const SWEEP = 20;

export interface AskerOptions {
  readonly url: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asks for whole lengths (`ignore_eos`); servers of strict schemas refuse it. */
  readonly forced: boolean;
  readonly clock: Clock;
  /** For trace ids. */
  readonly random: Random;
  /** Cancels whatever is open. */
  readonly stop: AbortSignal;
}

/** Sends the requests of one episode together and waits for all of them. */
export class Asker {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #timer: NodeJS.Timeout;
  readonly #random: Random;
  readonly #stop: AbortSignal;
  #turn = 0;

  constructor(options: AskerOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#stop = options.stop;
    this.#client = createClient(targetOf(options), this.#clock, {
      maxSockets: 4096,
      redact: redactor(Object.values(options.headers)),
    });
    this.#timer = setInterval(() => this.#client.sweep(this.#clock.now()), SWEEP);
  }

  /** Resolves when all have ended, or at `until` or with `stop`, when what is open is cancelled. */
  async episode(asks: readonly Ask[], until: number): Promise<Asked[]> {
    const handles = new Set<Handle>();
    const timers: NodeJS.Timeout[] = [];
    const givingUp: (() => void)[] = [];
    const end = (): void => {
      for (const timer of timers) clearTimeout(timer);
      for (const handle of handles) handle.cancel("cancelled");
      for (const give of givingUp) give();
    };
    if (this.#stop.aborted) return [];
    this.#stop.addEventListener("abort", end, { once: true });
    const deadline = setTimeout(end, Math.max(0, until - this.#clock.now()));
    const ended = await Promise.all(
      asks.map(
        (ask) =>
          new Promise<Asked | undefined>((settle) => {
            const start = (): void => {
              const exchange = newExchange();
              const gaps: number[] = [];
              exchange.gapLog = gaps;
              const handle: Handle = this.#send(ask, exchange, () => {
                handles.delete(handle);
                settle({ row: rowOf(exchange), gaps });
              });
              handles.add(handle);
            };
            if (ask.after <= 0) {
              start();
              return;
            }
            givingUp.push(() => settle(undefined));
            timers.push(setTimeout(start, ask.after));
          }),
      ),
    );
    clearTimeout(deadline);
    this.#stop.removeEventListener("abort", end);
    return ended.filter((one) => one !== undefined);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#client.close();
  }

  #send(ask: Ask, exchange: Exchange, done: () => void): Handle {
    const turn = this.#turn++;
    const word = (): number => this.#random.uint32();
    return this.#client.send(
      {
        sessionId: `probe-${turn}`,
        turn: 0,
        attempt: 0,
        persona: "probe",
        prompt: ask.text,
        messages: [{ role: "user", content: ask.text }],
        maxTokens: ask.outputTokens,
        traceId: [word(), word(), word(), word()],
      },
      exchange,
      done,
    );
  }
}

function targetOf({ url, model, headers, forced }: AskerOptions): Target {
  const { plan } = resolvePlan({
    name: "probe",
    target: {
      url,
      protocol: "openai-chat",
      model,
      headers,
      timeouts: { connect: "5s", firstToken: "1h", idle: "1h", total: "1h" },
      ...(forced ? { parameters: { ignore_eos: true } } : {}),
    },
    workload: { personas: [{ name: "probe", prompts: ["-"] }] },
    stages: [{ steady: "1s", at: "1/s" }],
  });
  return plan.target;
}

function rowOf(exchange: Exchange): ProbedRequest {
  const time = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const count = (value: number): number | null => (value < 0 ? null : value);
  return {
    sentAt: time(exchange.sentAt) ?? exchange.startedAt,
    firstTokenAt: time(exchange.firstTokenAt),
    lastTokenAt: time(exchange.lastTokenAt),
    inputTokens: count(exchange.inputTokens),
    outputTokens: count(exchange.outputTokens),
    cachedTokens: count(exchange.cachedTokens),
    stall: time(exchange.stall),
    outcome: exchange.outcome ?? "unknown",
    ...(exchange.reason === undefined ? {} : { reason: exchange.reason }),
  };
}
