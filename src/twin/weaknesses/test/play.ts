import { randomStream } from "../../../base/index.ts";
import {
  type AnswerOptions,
  answerHashes,
  answerTokens,
  composeAnswer,
  type Prompt,
  type PromptMessage,
  promptOf,
} from "../../answers/index.ts";
import { buildStack, type Stack, type StackSpec, VirtualKernel } from "../../stack/index.ts";
import type {
  AnswerAsk,
  Call,
  CallFigures,
  Failure,
  Reply,
  Served,
  SpanNote,
  StackEvent,
  StageName,
} from "../../stack/types.ts";

/** Users of a stack in virtual time. Times in ms. */
export interface Load {
  /** Sessions a second, by the time since the start. */
  readonly rate: number | ((at: number) => number);
  readonly for: number;
  readonly turns?: number;
  readonly think?: number;
  readonly system?: string;
  prompt(session: number, turn: number): string;
  readonly maxTokens?: number;
  readonly json?: unknown;
  region?(session: number): string;
}

export interface Asked {
  readonly user: number;
  readonly turn: number;
  readonly at: number;
  readonly prompt: Prompt;
  readonly region: string | undefined;
  firstTokenAt: number;
  endAt: number;
  by: Served | undefined;
  failure: Failure | undefined;
  figures: CallFigures | undefined;
  /** ms by stage. */
  readonly stages: Map<StageName, number>;
  text(): string;
}

export interface Played {
  readonly calls: readonly Asked[];
  readonly stack: Stack;
  readonly events: readonly StackEvent[];
  /** A gauge of a part, once a second; summed over replicas. */
  gauge(part: string, name: string): readonly number[];
}

const FASTEST = 200;
/** Time after the last arrival in which answers may end. */
const DRAIN = 600_000;

/** Plays a load against a stack: the same seed gives the same sessions, whatever the stack is. */
export function play(spec: StackSpec, load: Load, seed: number): Played {
  const kernel = new VirtualKernel();
  const events: StackEvent[] = [];
  const stack = buildStack(spec, kernel, {
    fastForward: true,
    sinks: () => ({}),
    event: (event) => events.push(event),
  });
  const calls: UserCall[] = [];
  const samples = new Map<string, number[]>();
  const ask = (session: number, turn: number, history: readonly PromptMessage[]): void => {
    const messages = [...history, { role: "user", content: load.prompt(session, turn) }];
    const call = new UserCall(calls.length, session, turn, messages, load, kernel.now, (answer) => {
      if (turn + 1 >= (load.turns ?? 1)) return;
      const next = [...messages, { role: "assistant", content: answer }];
      kernel.at(kernel.now + (load.think ?? 0), () => ask(session, turn + 1, next));
    });
    calls.push(call);
    stack.take(call, call);
  };
  const begin = load.system === undefined ? [] : [{ role: "system", content: load.system }];
  for (const [session, at] of arrivals(load, seed).entries()) kernel.at(at, () => ask(session, 0, begin));
  for (let at = 0; at < load.for; at += 1000) kernel.at(at, () => sample(stack, samples));
  kernel.run(load.for + DRAIN);
  return { calls, stack, events, gauge: (part, name) => samples.get(`${part} ${name}`) ?? [] };
}

function sample(stack: Stack, into: Map<string, number[]>): void {
  const sums = new Map<string, number>();
  for (const { part, name, value } of stack.gauges()) {
    const key = `${part} ${name}`;
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  for (const [key, value] of sums) {
    const list = into.get(key);
    if (list === undefined) into.set(key, [value]);
    else list.push(value);
  }
}

/** Poisson arrivals, thinned to the rate. */
function arrivals({ rate, for: duration }: Load, seed: number): readonly number[] {
  const random = randomStream(seed, "users");
  const rateAt = typeof rate === "number" ? () => rate : rate;
  const times: number[] = [];
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random.next()) * 1000) / FASTEST;
    if (at >= duration) return times;
    if (random.next() * FASTEST < rateAt(at)) times.push(at);
  }
}

/** Seed of the answers. */
const WRITER = 7;

class UserCall implements Call, Reply, Asked {
  readonly id: number;
  readonly kind = "generate";
  readonly user: number;
  readonly session: string;
  readonly turn: number;
  readonly at: number;
  readonly model = "";
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly priority = 0;
  readonly region: string | undefined;
  readonly key = undefined;
  readonly cell = 0;
  readonly everyToken = false;
  readonly stages = new Map<StageName, number>();
  readonly #json: unknown;
  readonly #next: (answer: string) => void;
  firstTokenAt = Number.NaN;
  endAt = Number.NaN;
  by: Served | undefined;
  failure: Failure | undefined;
  figures: CallFigures | undefined;

  constructor(
    id: number,
    user: number,
    turn: number,
    messages: readonly PromptMessage[],
    load: Load,
    at: number,
    next: (answer: string) => void,
  ) {
    this.id = id;
    this.user = user;
    this.session = `user ${user}`;
    this.turn = turn;
    this.at = at;
    this.prompt = promptOf(messages);
    this.maxTokens = load.maxTokens;
    this.region = load.region?.(user);
    this.#json = load.json;
    this.#next = next;
  }

  answerTokens(ask: AnswerAsk): number {
    return answerTokens(ask.prompt, this.#options(ask));
  }
  answerBlockHash(ask: AnswerAsk, blockSize: number): (index: number) => number {
    return answerHashes(ask.prompt, this.#options(ask), blockSize);
  }
  span({ stage, from, to }: SpanNote): void {
    this.stages.set(stage, (this.stages.get(stage) ?? 0) + to - from);
  }
  served(_at: number, served: Served): void {
    this.by = served;
  }
  firstToken(at: number): void {
    this.firstTokenAt = at;
  }
  tokens(): void {}
  done(at: number, figures: CallFigures): void {
    this.endAt = at;
    this.figures = figures;
    this.#next(this.text());
  }
  failed(at: number, failure: Failure): void {
    this.endAt = at;
    this.failure = failure;
  }
  text(): string {
    const ask = this.by?.ask;
    return ask === undefined ? "" : composeAnswer(ask.prompt, this.#options(ask)).tokens.join("");
  }

  #options({ model, style, maxTokens, degradations }: AnswerAsk): AnswerOptions {
    return {
      seed: WRITER,
      model,
      style,
      maxTokens,
      minTokens: undefined,
      ignoreEos: false,
      json: this.#json,
      degradations,
    };
  }
}
