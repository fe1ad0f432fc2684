import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { answerHashes, PLAIN_TEXT, promptOf } from "../answers/index.ts";
import type { PromptMessage } from "../answers/types.ts";
import { callNumbers, type RealKernel, type Stack } from "../stack/index.ts";
import type { Call, Failure, Part, Reply, Served, SpanNote } from "../stack/types.ts";
import { fingerprintOf, replicaHeaders } from "./answer/labels.ts";
import { Preparer } from "./answer/prepare.ts";
import { type ReplyParts, StreamReply } from "./answer/stream-reply.ts";
import { WholeReply } from "./answer/whole-reply.ts";
import { Writing } from "./answer/writing.ts";
import { type FlightCounts, Flights } from "./flights.ts";
import type { Caller } from "./http/caller.ts";
import { sendFailure } from "./http/respond.ts";
import type { Lateness } from "./lateness.ts";
import type { SpanRecorder } from "./telemetry/recorder.ts";
import type { ServedRequest } from "./telemetry/trace.ts";
import type { ErrorShape } from "./wire/errors.ts";
import type { AnswerEnd, AnswerHead, Asked, Wire } from "./wire/types.ts";

export interface ServiceParts {
  readonly stack: Stack;
  readonly kernel: RealKernel;
  readonly now: () => number;
  readonly lateness: Lateness;
  /** Absent: nobody listens to spans. */
  readonly recorder: SpanRecorder | undefined;
}

/** One request, as far as every endpoint knows it. */
export interface Incoming {
  readonly response: ServerResponse;
  /** When its last byte had been read, ms: what is done with it before the stack takes it is the machine's time, not the model's. */
  readonly arrivedAt: number;
  readonly caller: Caller;
  readonly requestId: string;
  readonly route: string;
  readonly shape: ErrorShape;
}

/** What an endpoint wants answered. */
export interface Wanted {
  readonly asked: Asked;
  readonly wire: Wire;
  readonly operation: ServedRequest["operation"];
  /** Conversation that the endpoint itself names. */
  readonly session?: string;
  /** The answer is whole: `messages` and what was answered. */
  over?(messages: readonly PromptMessage[], head: AnswerHead, end: AnswerEnd): void;
}

export interface EmbeddingsWanted {
  readonly model: string | undefined;
  readonly texts: readonly string[];
  readonly user: string | undefined;
}

export interface ServiceCounts extends FlightCounts {
  readonly requests: number;
  readonly slowReadersCut: number;
}

/** Passes requests on to the stack and its answers back; one for the whole server. */
export class Service {
  readonly #parts: ServiceParts;
  readonly #flights: Flights;
  readonly #instance = randomBytes(6).toString("hex");
  readonly #preparer = new Preparer();
  /** Text of the answer before, for those that get crossed. */
  #lastText: string | undefined;
  #requests = 0;
  #slowReadersCut = 0;
  #ids = 0;
  readonly #nextCall = callNumbers();

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#flights = new Flights(parts.kernel);
  }

  get counts(): ServiceCounts {
    return { ...this.#flights.counts, requests: this.#requests, slowReadersCut: this.#slowReadersCut };
  }

  /** Calls under way. */
  get open(): number {
    return this.#flights.open;
  }

  /** Takes back every call under way, as if all callers left now; resolves to how many they were. */
  cut(): Promise<number> {
    return new Promise((resolve) => this.#parts.kernel.post(() => resolve(this.#flights.cut())));
  }

  /** ms on the stack's clock. */
  now(): number {
    return this.#parts.now();
  }

  /** Unique among all twins. */
  newId(): string {
    return `${this.#instance}${(this.#ids++).toString(36).padStart(8, "0")}`;
  }

  /** The model that an answer is labelled with where the request names none. */
  modelOf(asked: string | undefined): string {
    const { stack } = this.#parts;
    return asked ?? stack.entry.models[0] ?? stack.models[0] ?? stack.spec.name;
  }

  /** A model that the entry does not serve; undefined: it may be asked. */
  unknownModel(asked: string | undefined): string | undefined {
    const { models } = this.#parts.stack.entry;
    return asked === undefined || models.length === 0 || models.includes(asked) ? undefined : asked;
  }

  answer(incoming: Incoming, wanted: Wanted): void {
    const { stack, lateness, now } = this.#parts;
    const { response, requestId, shape } = incoming;
    const { asked, wire } = wanted;
    this.#requests++;
    const prompt = promptOf(asked.messages);
    const writing = new Writing(asked, stack.spec.seed, () => this.#lastText);
    const labels = { id: this.newId(), created: Math.floor(Date.now() / 1000) };
    const notes: SpanNote[] = [];
    const call: Call = {
      ...this.#caller(incoming, wanted.session ?? asked.user, notes),
      kind: "generate",
      model: this.modelOf(asked.model),
      prompt,
      maxTokens: asked.maxTokens,
      priority: incoming.caller.priority ?? asked.priority,
      everyToken: asked.stream,
      answerTokens: (ask) => writing.tokens(ask),
      answerBlockHash: (ask, size) => answerHashes(ask.prompt, writing.options(ask), size),
    };
    let finish: string | undefined;
    let leave: () => void = () => undefined;
    const parts: ReplyParts = {
      response,
      wire,
      writing,
      now,
      lateness,
      preparer: this.#preparer,
      head: (served: Served) => ({
        ...labels,
        model: served.ask.model,
        fingerprint: fingerprintOf(served, stack.spec.seed),
        inputTokens: served.ask.prompt.tokens,
        cachedTokens: served.cachedTokens,
      }),
      headers: replicaHeaders,
      refuse: (failure: Failure) => sendFailure(response, shape, failure, requestId),
      tooSlow: () => {
        this.#slowReadersCut++;
        response.destroy();
        leave();
      },
      over: (head, end) => {
        finish = end.finish;
        this.#lastText = end.text;
        wanted.over?.(asked.messages, head, end);
      },
    };
    const record = this.#recording(incoming, wanted.operation, call, notes);
    const reply = asked.stream ? new StreamReply(parts) : new WholeReply(parts);
    this.#flights.fly(stack.entry, incoming, call, reply, {
      leave: (now) => {
        leave = now;
      },
      ended: (end) => record?.(end, finish),
    });
  }

  /** A call of `part` for each text; `done` when all have been answered. */
  embed(
    incoming: Incoming,
    part: Part,
    wanted: EmbeddingsWanted,
    done: (model: string, inputTokens: number) => void,
  ): void {
    const { response, requestId, shape } = incoming;
    const model = this.modelOf(wanted.model);
    let waiting = wanted.texts.length;
    let inputTokens = 0;
    let failed = false;
    this.#requests++;
    for (const content of wanted.texts) {
      const prompt = promptOf([{ role: PLAIN_TEXT, content }]);
      inputTokens += prompt.tokens;
      const notes: SpanNote[] = [];
      const call: Call = {
        ...this.#caller(incoming, wanted.user, notes),
        kind: "embed",
        model,
        prompt,
        maxTokens: undefined,
        priority: incoming.caller.priority ?? 0,
        everyToken: false,
        answerTokens: () => 1,
      };
      const reply: Reply = {
        served: () => undefined,
        firstToken: () => undefined,
        tokens: () => undefined,
        done: (at) => {
          if (--waiting > 0 || failed) return;
          this.#parts.lateness.wrote(at, this.#parts.now());
          done(model, inputTokens);
        },
        failed: (_, failure) => {
          if (!failed) sendFailure(response, shape, failure, requestId);
          failed = true;
        },
      };
      const record = this.#recording(incoming, "embeddings", call, notes);
      this.#flights.fly(part, incoming, call, reply, { ended: (end) => record?.(end, undefined) });
    }
  }

  /** Who calls; a call without a conversation is one of its own. */
  #caller(
    { caller }: Incoming,
    session: string | undefined,
    notes: SpanNote[],
  ): Pick<Call, "id" | "session" | "region" | "key" | "cell" | "span"> {
    const id = this.#nextCall();
    const listened = this.#parts.recorder?.wants(caller) === true;
    return {
      id,
      session: caller.session ?? session ?? `call-${id}`,
      region: caller.region,
      key: caller.key,
      cell: 0,
      span: (note) => {
        if (listened) notes.push(note);
      },
    };
  }

  #recording(
    { requestId, route, caller }: Incoming,
    operation: ServedRequest["operation"],
    call: Call,
    notes: readonly SpanNote[],
  ): ReturnType<SpanRecorder["begin"]> | undefined {
    const { recorder } = this.#parts;
    return recorder?.wants(caller) === true
      ? recorder.begin({ requestId, route, caller, operation }, call, notes)
      : undefined;
  }
}
