import type { Target } from "../../plan/index.ts";
import type { ChatMessage, ContentPart, ToolDefinition, TurnRequest } from "../../protocols/index.ts";
import {
  type Answer,
  type AnswerOptions,
  answerHashes,
  answerTokens,
  audioTokens,
  composeAnswer,
  imageTokens,
  mediaText,
  type Prompt,
  type PromptMessage,
  promptOf,
} from "../answers/index.ts";
import type { Stack } from "../stack/index.ts";
import type { AnswerAsk, Call, SpanNote } from "../stack/types.ts";
import { type Asks, asksOf } from "./asks.ts";

/** A call that also knows what the stack's answer to it reads like. */
export interface AnsweredCall extends Call {
  /** The whole answer, of `answerTokens(ask)` tokens. */
  answer(ask: AnswerAsk): Answer;
}

/** What the client says of a call; the rest is in the turn. */
export type CallFacts = Pick<Call, "id" | "cell" | "everyToken">;

/** Turns a plan's requests into calls of a stack, as the live twin's front end reads them from the wire; `named`: each with its session's name. */
export function planCalls(
  target: Target,
  stack: Stack,
  named: boolean,
): (turn: TurnRequest, facts: CallFacts) => AnsweredCall {
  const read = asksOf(target);
  const asks: Asks = named ? { ...read, session: "own" } : read;
  const model = asks.model ?? stack.entry.models[0] ?? stack.models[0] ?? stack.spec.name;
  const { seed } = stack.spec;
  return (turn, facts) => new PlanCall(asks, model, seed, turn, facts);
}

class PlanCall implements AnsweredCall {
  readonly id: number;
  readonly kind = "generate";
  readonly cell: number;
  readonly everyToken: boolean;
  readonly session: string;
  readonly model: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly #asks: Asks;
  readonly #seed: number;
  readonly #json: unknown;

  constructor(asks: Asks, model: string, seed: number, turn: TurnRequest, { id, cell, everyToken }: CallFacts) {
    this.id = id;
    this.cell = cell;
    this.everyToken = everyToken;
    this.#asks = asks;
    this.#seed = seed;
    this.model = model;
    this.session = sessionOf(asks, turn) ?? `request-${id}`;
    const messages = asks.sendsMessages ? turn.messages : turn.messages.filter(({ role }) => role !== "system");
    this.prompt = promptOf([...toolMessages(turn.tools), ...messages.map(promptMessage)]);
    this.#json = asks.json ?? turn.responseFormat?.schema;
    this.maxTokens = asks.ownLimit ? asks.maxTokens : turn.maxTokens;
  }

  get priority(): number {
    return this.#asks.priority;
  }
  get key(): string | undefined {
    return this.#asks.key;
  }
  get region(): string | undefined {
    return this.#asks.region;
  }
  answerTokens(ask: AnswerAsk): number {
    return answerTokens(ask.prompt, this.#options(ask));
  }
  answerBlockHash(ask: AnswerAsk, blockSize: number): (index: number) => number {
    return answerHashes(ask.prompt, this.#options(ask), blockSize);
  }
  answer(ask: AnswerAsk): Answer {
    return composeAnswer(ask.prompt, this.#options(ask));
  }
  span(_note: SpanNote): void {}

  #options({ model, style, maxTokens, degradations }: AnswerAsk): AnswerOptions {
    const { minTokens, ignoreEos } = this.#asks;
    return { seed: this.#seed, model, style, maxTokens, minTokens, ignoreEos, json: this.#json, degradations };
  }
}

function sessionOf({ session }: Asks, turn: TurnRequest): string | undefined {
  if (session === "own") return turn.sessionId;
  return session === "none" ? undefined : session.fixed;
}

/** Messages that are not text alone, as they were translated: the tokenised prompts know a message by its object. */
const translated = new WeakMap<ChatMessage, PromptMessage>();

/** A message as the live twin reads it from the wire. */
function promptMessage(message: ChatMessage): PromptMessage {
  if (isPlain(message)) return message;
  const known = translated.get(message);
  if (known !== undefined) return known;
  const made = { role: message.role, content: wireText(message) };
  translated.set(message, made);
  return made;
}

function partText(part: ContentPart): string {
  if (part.type === "text") return part.text;
  if (part.type === "audio") return mediaText(audioTokens(part.data), part.data);
  const source = part.data ?? part.url ?? "";
  return mediaText(imageTokens(source), source);
}

/** The tools of a set of prompts, as they were translated. */
const described = new WeakMap<readonly ToolDefinition[], readonly PromptMessage[]>();

/** Tools stand in the prompt, as the live twin puts those of OpenAI's chat there. */
function toolMessages(tools: readonly ToolDefinition[] | undefined): readonly PromptMessage[] {
  if (tools === undefined || tools.length === 0) return [];
  const known = described.get(tools);
  if (known !== undefined) return known;
  const wire = tools.map((tool) => ({ type: "function", function: tool }));
  const made = [{ role: "system", content: `Tools: ${JSON.stringify(wire)}` }];
  described.set(tools, made);
  return made;
}

function isPlain(message: ChatMessage): message is ChatMessage & PromptMessage {
  return typeof message.content === "string" && !("toolCalls" in message);
}

function wireText(message: ChatMessage): string {
  const { content } = message;
  if (typeof content !== "string") return content.map(partText).join("\n");
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return content === "" ? calls.map((call) => call.arguments).join("\n") : content;
}
