import type { Answer, Prompt } from "../answers/types.ts";
import type { AnswerAsk, Call } from "../stack/types.ts";

/** What one request of a plan asks of the stack, and what the stack's answer to it reads like. Pure. */
export interface Question extends Pick<Call, "answerTokens"> {
  answerBlockHash(ask: AnswerAsk, blockSize: number): (index: number) => number;
  /** Conversation, for affinity; undefined where the request does not name it. */
  readonly session: string | undefined;
  readonly region: string | undefined;
  readonly model: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly priority: number;
  readonly key: string | undefined;
  /** The whole answer, of `answerTokens(ask)` tokens. */
  answer(ask: AnswerAsk): Answer;
}
