export { answerHashes } from "./answer-hashes.ts";
export { answerTokens, composeAnswer } from "./compose.ts";
export { DEGRADATION_TABLE } from "./degrade.ts";
export { embed } from "./embed.ts";
export { keyOf, textKey } from "./hash.ts";
export { type ChatPrompt, promptOf } from "./prompt.ts";
export { countTokens, splitTokens } from "./tokens.ts";
export {
  type Answer,
  type AnswerOptions,
  type AnswerStyle,
  DEGRADATIONS,
  type Degradation,
  type Prompt,
  type PromptMessage,
} from "./types.ts";
