import { randomBytes } from "node:crypto";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { answerHashes, promptOf } from "../answers/index.ts";
import type { PromptMessage } from "../answers/types.ts";
import type { RealKernel, Stack } from "../stack/index.ts";
import type { Call, Failure, Flight, Part, Reply, Served, SpanNote } from "../stack/types.ts";
import { Preparer } from "./answer/prepare.ts";
import { StreamReply } from "./answer/stream-reply.ts";
import { WholeReply } from "./answer/whole-reply.ts";
import { Writing } from "./answer/writing.ts";
import type { Caller } from "./http/caller.ts";
import { sendFailure } from "./http/respond.ts";
import type { Lateness } from "./lateness.ts";
import type { SpanExporter } from "./telemetry/exporter.ts";
import { type ServedRequest, traceOf } from "./telemetry/trace.ts";
import type { ErrorShape } from "./wire/errors.ts";
import type { AnswerEnd, AnswerHead, Asked, Wire } from "./wire/types.ts";

export interface ServiceParts {
  readonly stack: Stack;
  readonly kernel: RealKernel;
  readonly now: () => number;
  readonly lateness: Lateness;
  /** Absent: nobody listens to spans. */
  readonly exporter: SpanExporter | undefined;
  /** Unix time of the kernel's zero, ms. */
  readonly zero: number;
}

/** One request, as far as every endpoint knows it. */
export interface Incoming {
  readonly response: ServerResponse;
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

export interface ServiceCounts {
  requests: number;
  answered: number;
  failed: number;
  /** Callers that left before the end. */
  left: number;
  slowReadersCut: number;
}

/** Passes requests on to the stack and its answers back; one for the whole server. */
export class Service {
  readonly counts: ServiceCounts = { requests: 0, answered: 0, failed: 0, left: 0, slowReadersCut: 0 };
  readonly #parts: ServiceParts;
  readonly #instance = randomBytes(6).toString("hex");
  readonly #bare: boolean;
  readonly #preparer = new Preparer();
  /** Texts of answers before, for those that get crossed. */
  #lastText: string | undefined;
  #open = 0;
  #requestIds = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    const { stack } = parts;
    this.#bare = stack.spec.parts.get(stack.spec.entry)?.kind === "pool";
  }

  /** Requests under way. */
  get open(): number {
    return this.#open;
  }

  newRequestId(): string {
    return `${this.#instance}${(this.#requestIds++).toString(36).padStart(8, "0")}`;
  }

  newId(): string {
    return `${this.#instance}${(this.counts.requests++).toString(36).padStart(8, "0")}`;
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
    const prompt = promptOf(asked.messages);
    const created = Math.floor(Date.now() / 1000);
    const id = this.newId();
    const writing = new Writing(asked, stack.spec.seed, () => this.#lastText);
    const call = this.#call(incoming, {
      id: this.counts.requests,
      kind: "generate",
      model: this.modelOf(asked.model),
      session: incoming.caller.session ?? wanted.session ?? asked.user,
      prompt,
      maxTokens: asked.maxTokens,
      priority: incoming.caller.priority ?? asked.priority,
      everyToken: asked.stream,
      writing,
    });
    const outcome: Outcome = { finish: undefined };
    const leaver: Leaver = {};
    const trace = this.#trace(incoming, call.call, wanted.operation);
    const parts = {
      response,
      wire,
      writing,
      inputTokens: prompt.tokens,
      now,
      lateness,
      preparer: this.#preparer,
      head: (served: Served): AnswerHead => ({
        id,
        created,
        model: served.ask.model,
        fingerprint: fingerprintOf(served, stack.spec.seed),
        inputTokens: served.ask.prompt.tokens,
        cachedTokens: served.cachedTokens,
      }),
      headers: (served: Served) => headersOf(served),
      refuse: (failure: Failure) => sendFailure(response, shape, failure, requestId),
      tooSlow: () => {
        this.counts.slowReadersCut++;
        response.destroy();
        leaver.leave?.();
      },
      over: (head: AnswerHead, end: AnswerEnd) => {
        outcome.finish = end.finish;
        this.#lastText = end.text;
        wanted.over?.(asked.messages, head, end);
      },
    };
    const reply = asked.stream ? new StreamReply(parts) : new WholeReply(parts);
    this.#fly(stack.entry, response, call.call, this.#watched(reply, trace, outcome), leaver);
  }

  /** One embedding request: a call for each of its texts. */
  embed(
    incoming: Incoming,
    part: Part,
    wanted: {
      readonly model: string | undefined;
      readonly prompts: readonly string[];
      readonly user: string | undefined;
    },
    done: (model: string, tokens: number) => void,
  ): void {
    const { response, requestId, shape } = incoming;
    const model = this.modelOf(wanted.model);
    this.newId();
    let waiting = wanted.prompts.length;
    let tokens = 0;
    let over = false;
    for (const [index, text] of wanted.prompts.entries()) {
      const prompt = promptOf([{ role: "user", content: text }]);
      tokens += prompt.tokens;
      const { call } = this.#call(incoming, {
        id: this.counts.requests * 4096 + index,
        kind: "embed",
        model,
        session: incoming.caller.session ?? wanted.user,
        prompt,
        maxTokens: undefined,
        priority: incoming.caller.priority ?? 0,
        everyToken: false,
        writing: undefined,
      });
      const trace = this.#trace(incoming, call, "embeddings");
      const reply: Reply = {
        served: () => undefined,
        firstToken: () => undefined,
        tokens: () => undefined,
        done: (at) => {
          if (--waiting > 0 || over) return;
          over = true;
          this.#parts.lateness.wrote(at, this.#parts.now());
          done(model, tokens);
        },
        failed: (_at, failure) => {
          if (over) return;
          over = true;
          sendFailure(response, shape, failure, requestId);
        },
      };
      this.#fly(part, response, call, this.#watched(reply, trace, { finish: undefined }));
    }
  }

  #call(
    incoming: Incoming,
    wanted: Pick<Call, "id" | "kind" | "model" | "prompt" | "maxTokens" | "priority" | "everyToken"> & {
      readonly session: string | undefined;
      readonly writing: Writing | undefined;
    },
  ): { readonly call: Call & { readonly notes: SpanNote[] } } {
    const { writing, session, ...rest } = wanted;
    const notes: SpanNote[] = [];
    const listened = this.#parts.exporter !== undefined;
    return {
      call: {
        ...rest,
        notes,
        session: session ?? `request-${wanted.id}`,
        region: incoming.caller.region,
        key: incoming.caller.key,
        cell: 0,
        answerTokens: (ask) => writing?.tokens(ask) ?? 1,
        ...(writing === undefined
          ? {}
          : { answerBlockHash: (ask, size) => answerHashes(ask.prompt, writing.options(ask), size) }),
        span: (note) => {
          if (listened) notes.push(note);
        },
      },
    };
  }

  /** Sends the call on its way; a caller who leaves takes it back at once. */
  #fly(part: Part, response: ServerResponse, call: Call, watched: Watched, leaver: Leaver = {}): void {
    const { kernel } = this.#parts;
    let flight: Flight | undefined;
    let gone = false;
    const leave = (): void => {
      if (gone || watched.over) return;
      gone = true;
      flight?.cancel();
      watched.left(kernel.now);
    };
    leaver.leave = leave;
    response.once("close", () => {
      if (!watched.over) kernel.post(leave);
    });
    this.#open++;
    kernel.post(() => {
      if (gone) return;
      flight = part.take(call, watched);
      if (gone) flight.cancel();
    });
  }

  /** The reply, with what happens on its way noted for counts and spans. */
  #watched(reply: Reply, trace: (end: TraceEnd) => void, outcome: Outcome): Watched {
    const { counts } = this;
    const end: { over: boolean; served: Served | undefined } = { over: false, served: undefined };
    const finish = (at: number, more: Partial<TraceEnd>): void => {
      end.over = true;
      this.#open--;
      trace({ at, served: end.served, error: undefined, outputTokens: 0, finish: outcome.finish, ...more });
    };
    return {
      get over() {
        return end.over;
      },
      left: (at) => {
        if (end.over) return;
        counts.left++;
        finish(at, { error: { code: "cancelled", message: "the caller left" } });
      },
      served(at, served) {
        end.served = served;
        reply.served(at, served);
      },
      firstToken: (at) => reply.firstToken(at),
      tokens: (at, count) => reply.tokens(at, count),
      done(at, figures) {
        counts.answered++;
        end.over = true;
        reply.done(at, figures);
        finish(at, { outputTokens: figures.outputTokens });
      },
      failed(at, failure) {
        counts.failed++;
        end.over = true;
        reply.failed(at, failure);
        finish(at, { error: { code: failure.code, message: failure.message } });
      },
    };
  }

  #trace(
    incoming: Incoming,
    call: Call & { readonly notes: readonly SpanNote[] },
    operation: ServedRequest["operation"],
  ): (end: TraceEnd) => void {
    const { exporter, kernel, now, zero } = this.#parts;
    const { trace: parent } = incoming.caller;
    // A caller that says its trace is not sampled has nowhere to show it.
    if (exporter === undefined || parent?.sampled === false) return () => undefined;
    const from = Math.max(now(), kernel.now);
    const randomHex = (count: number): string => randomBytes(count).toString("hex");
    return ({ at, served, error, outputTokens, finish }) => {
      const request: ServedRequest = {
        id: incoming.requestId,
        route: incoming.route,
        operation,
        parent,
        from: Math.min(from, ...call.notes.map((note) => note.from)),
        to: at,
        model: served?.ask.model ?? call.model,
        session: call.session,
        inputTokens: served?.ask.prompt.tokens ?? call.prompt.tokens,
        outputTokens,
        cachedTokens: served?.cachedTokens ?? 0,
        maxTokens: call.maxTokens,
        finish,
        error,
        notes: call.notes,
      };
      exporter.add(traceOf(request, { zero, randomHex, bare: this.#bare }));
    };
  }
}

/** A reply that knows whether it has ended, also by its caller's leaving. */
interface Watched extends Reply {
  readonly over: boolean;
  left(at: number): void;
}

/** Takes a call back while the kernel handles an event; filled in when the call is sent. */
interface Leaver {
  leave?: () => void;
}

/** Filled in when the answer is whole. */
interface Outcome {
  finish: string | undefined;
}

interface TraceEnd {
  readonly at: number;
  readonly served: Served | undefined;
  readonly finish: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly outputTokens: number;
}

function headersOf(served: Served): OutgoingHttpHeaders {
  return { ...(served.replica === undefined ? {} : { "x-replica": served.replica }), ...served.headers };
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** OpenAI's system_fingerprint: another one where another model, part or seed answers. */
function fingerprintOf(served: Served, seed: number): string {
  let hash = FNV_OFFSET;
  for (const letter of `${served.part} ${served.ask.model} ${seed}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  return `fp_${hash.toString(16).padStart(8, "0")}`;
}
