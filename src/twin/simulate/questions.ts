import type { Json, Target } from "../../plan/index.ts";
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
import type { AnswerAsk } from "../stack/types.ts";
import type { Question } from "./question.ts";

/** What every request of a target asks beside its messages. */
interface Asks {
  readonly model: string;
  readonly maxTokens: number | undefined;
  /** The plan's parameters set the cap, whatever the turn says. */
  readonly ownLimit: boolean;
  readonly minTokens: number | undefined;
  readonly ignoreEos: boolean;
  readonly json: unknown;
  readonly priority: number;
  readonly key: string | undefined;
  /** Seed of the stack's answers. */
  readonly seed: number;
}

/** Turns a plan's requests into questions to a stack, as the stack's front end reads them from the wire. */
export function questionsOf(target: Target, seed: number): (turn: TurnRequest) => Question {
  const asks = asksOf(target, seed);
  return (turn) => new PlanQuestion(asks, turn);
}

class PlanQuestion implements Question {
  readonly session: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly #asks: Asks;

  constructor(asks: Asks, turn: TurnRequest) {
    this.#asks = asks;
    this.session = turn.sessionId;
    this.prompt = promptOf(turn.messages);
    this.maxTokens = asks.ownLimit ? asks.maxTokens : turn.maxTokens;
  }

  get model(): string {
    return this.#asks.model;
  }
  get priority(): number {
    return this.#asks.priority;
  }
  get key(): string | undefined {
    return this.#asks.key;
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
    const { seed, minTokens, ignoreEos, json } = this.#asks;
    return { seed, model, style, maxTokens, minTokens, ignoreEos, json, degradations };
  }
}

function asksOf(target: Target, seed: number): Asks {
  const parameters = target.parameters ?? {};
  const number = (name: string): number | undefined => {
    const value = parameters[name];
    return typeof value === "number" ? value : undefined;
  };
  const named = parameters["model"];
  return {
    seed,
    model: typeof named === "string" ? named : (target.model ?? ""),
    ownLimit: "max_tokens" in parameters || "max_completion_tokens" in parameters,
    maxTokens: number("max_completion_tokens") ?? number("max_tokens"),
    minTokens: number("min_tokens"),
    ignoreEos: parameters["ignore_eos"] === true,
    json: jsonOf(parameters["response_format"]),
    priority: number("priority") ?? 0,
    key: keyOf(target.headers),
  };
}

/** A schema, `true` for any object, undefined for plain text. */
function jsonOf(format: Json | undefined): unknown {
  const type = member(format, "type");
  if (type === "json_object") return true;
  return type === "json_schema" ? member(member(format, "json_schema"), "schema") : undefined;
}

function member(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || !(name in json)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}

function keyOf(headers: Target["headers"]): string | undefined {
  const found = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return found.get("authorization")?.replace(/^Bearer\s+/i, "") ?? found.get("x-api-key");
}
