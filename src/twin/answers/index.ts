export { answerHashes } from "./answer-hashes.ts";
export { answerTokens, composeAnswer } from "./compose.ts";
export { embed } from "./embed.ts";
export { keyOf, textKey } from "./hash.ts";
export { audioTokens, imageTokens, mediaText } from "./media.ts";
export { type ChatPrompt, promptOf } from "./prompt.ts";
export { PLAIN_TEXT } from "./segments.ts";
export { splitTokens } from "./tokens.ts";
export type {
  Answer,
  AnswerOptions,
  AnswerStyle,
  Prompt,
  PromptMessage,
} from "./types.ts";
