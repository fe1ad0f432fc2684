import type { Outcome } from "../base/index.ts";
import type { Json, Target } from "../plan/index.ts";
import type { Reader } from "./reader.ts";

/** A W3C trace id: 128 bits as four unsigned 32-bit words, the highest first. */
export type TraceId = readonly [number, number, number, number];

/** What one turn asks: the input of a dialect. */
export interface TurnRequest {
  readonly sessionId: string;
  readonly turn: number;
  readonly attempt: number;
  readonly persona: string;
  readonly tenant?: string;
  readonly region?: string;
  /** ms of a round trip that is waited before it is sent. */
  readonly rtt?: number;
  /** In place of the target's. */
  readonly url?: string;
  /** The plain text of what the user asks now; images and audio are in the message's parts alone. */
  readonly prompt: string;
  /** The conversation so far, this turn's prompt or tool results last; a system prompt first where the persona has one. */
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number | undefined;
  readonly traceId: TraceId;
  /** Tools that the model may call. */
  readonly tools?: readonly ToolDefinition[];
  /** The answer must be JSON of this schema. */
  readonly responseFormat?: ResponseFormat;
  /** `Exchange.responseId` of the answer before, for servers that keep the conversation under it. */
  readonly previousId?: string;
}

export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  /** `data`: base64 of an image of type `mime`; or a `url` that the server fetches. */
  | { readonly type: "image"; readonly mime: string; readonly data?: string; readonly url?: string }
  /** `data`: base64; `format`: `wav`, `mp3`, ... */
  | { readonly type: "audio"; readonly format: string; readonly data: string };

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of the arguments. */
  readonly parameters?: Json;
}

/** A tool call as the model asked for it; `arguments` is the text that it wrote, JSON or not. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ResponseFormat {
  readonly name: string;
  /** JSON schema of the answer. */
  readonly schema: Json;
}

export type ChatMessage =
  | { readonly role: "system" | "user"; readonly content: string | readonly ContentPart[] }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly toolCallId: string; readonly content: string };

/** Calls of one answer that are kept; more are counted as events and dropped. */
export const MAX_TOOL_CALLS = 128;

/** Receives true gaps (ms) between content-bearing socket reads, at the time of the later one; `count` of them, 1 where it is left out. */
export interface GapSink {
  gap(ms: number, at: number, count?: number): void;
}

/**
 * One attempt while it runs, and all that is known of it when it ended. The transport and the answer reader write into it; `load/`
 * copies it into a row. Times are the run clock's ms; NaN (times) and -1 (counts) mean "did not happen" and "was not said".
 */
export interface Exchange {
  startedAt: number;
  /** Began to open a connection of its own. */
  dialledAt: number;
  connectedAt: number;
  sentAt: number;
  firstByteAt: number;
  headersAt: number;
  firstTokenAt: number;
  firstAnswerAt: number;
  lastTokenAt: number;
  endAt: number;
  stall: number;
  stallCount: number;
  events: number;
  sharedEvents: number;
  outcome: Outcome | undefined;
  /** `ECONNREFUSED`, `timeout:first-token`, `http:429 rate limited`, ... bounded to 200 characters. */
  reason: string | undefined;
  status: number;
  finishReason: string | undefined;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  bytesIn: number;
  bytesOut: number;
  reconnects: number;
  model: string | undefined;
  fingerprint: string | undefined;
  replica: string | undefined;
  /** Seconds that `Retry-After` asked for; NaN where absent. */
  retryAfter: number;
  /** Requests and tokens that the server's rate limit leaves, as its headers say; NaN where they do not. */
  remainingRequests: number;
  remainingTokens: number;
  /** The server's name for this answer, for {@link TurnRequest.previousId}. */
  responseId: string | undefined;
  /** The tools that the answer asks to call, put together from its deltas; at most {@link MAX_TOOL_CALLS}. */
  toolCalls: readonly ToolCall[];
  /** The answer's text (reasoning apart), decoded once at the end; bounded by the target's maxAnswerBytes. */
  text: string;
  textHash: bigint;
  /** ms that the user waits for the first token; Infinity: for ever. */
  patience: number;
  /** ms that the user waits for more of an answer that has begun; Infinity: for ever. */
  stallPatience: number;
  /** The user stops the answer after so many content events; Infinity: never. */
  stopEvents: number;
  /** The user stops the answer so many ms after its first token; Infinity: never. */
  stopAfter: number;
  /** In place of the target's. */
  timeouts: Target["timeouts"] | undefined;
  /** Who reads along; tells at the end how long it waited. */
  reader: Reader | undefined;
  gaps: GapSink | undefined;
  /** When set, every gap (ms) is kept here in full. */
  gapLog: number[] | undefined;
}

/** Bytes of one request, ready for the wire; reused for a resend. */
export interface WireRequest {
  readonly bytes: Buffer;
  /** Bytes of it that are the head, its empty line included. */
  readonly headLength: number;
  /** HEAD answers have no body. */
  readonly method: string;
}

/** A cancellable attempt. */
export interface Handle {
  /** Ends the attempt with this outcome and closes its connection, so that the server can see it. */
  cancel(outcome: "cancelled" | "abandoned"): void;
}

/** Drives attempts of one worker at one target, over its own pool of connections. */
export interface Client {
  /** `done` is called exactly once, never before `send` has returned. Never throws for what the target does. */
  send(turn: TurnRequest, exchange: Exchange, done: (exchange: Exchange) => void): Handle;
  /** The session asks nothing more: what the client keeps for it may go. */
  endSession(sessionId: string): void;
  /** Ends what has passed a deadline; call it every 10 to 20 ms. */
  sweep(now: number): void;
  readonly inFlight: number;
  readonly openSockets: number;
  /** Requests that wait for a connection because of the pool's cap. */
  readonly waiting: number;
  close(): void;
}
