import type { Target } from "../../plan/index.ts";
import type { TurnRequest } from "../../protocols/index.ts";
import {
  type Answer,
  type AnswerOptions,
  answerHashes,
  answerTokens,
  composeAnswer,
  type Prompt,
  promptOf,
} from "../answers/index.ts";
import type { Stack } from "../stack/index.ts";
import type { AnswerAsk } from "../stack/types.ts";
import { type Asks, asksOf } from "./asks.ts";
import type { Question } from "./question.ts";

/** Turns a plan's requests into questions to a stack, as the live twin's front end reads them from the wire; `named`: each with its session's name. */
export function questionsOf(target: Target, stack: Stack, named: boolean): (turn: TurnRequest) => Question {
  const read = asksOf(target);
  const asks: Asks = named ? { ...read, session: "own" } : read;
  const model = asks.model ?? stack.entry.models[0] ?? stack.models[0] ?? stack.spec.name;
  const { seed } = stack.spec;
  return (turn) => new PlanQuestion(asks, model, seed, turn);
}

class PlanQuestion implements Question {
  readonly session: string | undefined;
  readonly model: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly #asks: Asks;
  readonly #seed: number;

  constructor(asks: Asks, model: string, seed: number, turn: TurnRequest) {
    this.#asks = asks;
    this.#seed = seed;
    this.model = model;
    this.session = sessionOf(asks, turn);
    this.prompt = promptOf(asks.sendsMessages ? turn.messages : turn.messages.filter(({ role }) => role !== "system"));
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

  #options({ model, style, maxTokens, degradations }: AnswerAsk): AnswerOptions {
    const { minTokens, ignoreEos, json } = this.#asks;
    return { seed: this.#seed, model, style, maxTokens, minTokens, ignoreEos, json, degradations };
  }
}

function sessionOf({ session }: Asks, turn: TurnRequest): string | undefined {
  if (session === "own") return turn.sessionId;
  return session === "none" ? undefined : session.fixed;
}
