import type { ProtocolName, Target } from "../../plan/index.ts";
import type { PathStep, WantedPath } from "../skim/index.ts";
import type { TurnRequest } from "../types.ts";
import type { WholeAnswer } from "../whole-answer.ts";
import type { EventTypes } from "./event-types.ts";

/** How to ask, and how to read what comes back. One file each; `table.ts` lists them. */
export interface Dialect {
  readonly name: ProtocolName;
  /** @throws PlimsollError for a plan's path or placeholder that cannot be read */
  prepare(target: Target): PreparedDialect;
}

export interface PreparedDialect {
  readonly url: URL;
  readonly rules: AnswerRules;
  /** Headers that the protocol asks for, by lower-case name; the plan's own of that name win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a session begins with, before its first turn. */
  readonly opening?: Opening;
  /** The request's body, undefined for none. */
  body(turn: TurnRequest): string | undefined;
}

/** Requests that a session begins with, each after the answer of the one before; what they bring is in all later requests of the session. */
export interface Opening {
  readonly steps: readonly OpeningStep[];
  /** Headers of the session's later requests, from what the first step brought: its answer's text, and the id that a head gave the session. */
  headers(found: { readonly text: string; readonly session: string }): Readonly<Record<string, string>>;
}

export interface OpeningStep {
  /** As reasons name it. */
  readonly name: string;
  readonly body: string;
  /** An answer without content is as good as one with it. */
  readonly rules: AnswerRules;
}

/**
 * How a body is cut into events: server-sent events, lines of JSON, lines of a code and JSON (`0:"text"`), text as it comes, messages
 * that the transport tells apart, or no events at all but one JSON value.
 */
export type AnswerForm = "sse" | "ndjson" | "lines" | "text" | "messages" | "json";

/** Where to look in an event (of a stream) or in the body (of one JSON answer). */
export interface AnswerRules {
  readonly form: AnswerForm;
  /** What is looked for in every event. */
  readonly paths: readonly WantedPath[];
  /** What else, by the type of the event. */
  readonly types?: EventTypes;
  /** The same for events that a name tells apart (the SSE field `event`, a line's code) rather than something inside. */
  readonly named?: Readonly<Record<string, EventTypes>>;
  /** Strings and numbers that change from event to event and mean nothing here: sequence numbers, times. */
  readonly varying?: readonly (readonly PathStep[])[];
  /** The data of an event is the token itself, as plain text. */
  readonly plain: boolean;
  /** An event with a finish ends the answer (usage may follow it); otherwise `[DONE]`, a type that ends or the body's end does. */
  readonly finishEnds: boolean;
  /** The first message with anything of an answer is the whole answer. */
  readonly oneMessage?: boolean;
  /** A stream that ends without finish and without `[DONE]` was severed. */
  readonly needsFinish: boolean;
  readonly countsUsage: boolean;
  /** Each event's usage is its own, and the answer's is their sum; otherwise the last word counts. */
  readonly addsUsage?: boolean;
  /** Reads a body, or what slot `whole` holds, in place of paths. */
  readonly whole?: (body: unknown) => WholeAnswer | undefined;
  /** How to read a body of another content type. */
  readonly otherwise?: AnswerRules;
}
