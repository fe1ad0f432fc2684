import { completeUrl } from "../../base/index.ts";
import type { Dialect } from "./dialect.ts";
import { ollamaMessages, ollamaOptions, ollamaRules } from "./ollama.ts";
import { wantedOf } from "./openai-limits.ts";
import { openaiTools } from "./openai-messages.ts";

const CALLS = "$.message.tool_calls";
const CONTENT = {
  token: "$.message.content",
  reasoning: "$.message.thinking",
  toolCalls: CALLS,
  callId: `${CALLS}[0].id`,
  callName: `${CALLS}[0].function.name`,
  callInput: `${CALLS}[0].function.arguments`,
  moreCalls: `${CALLS}[1]`,
};
const STREAMED = ollamaRules(true, CONTENT);
const WHOLE = ollamaRules(false, CONTENT);

/** Ollama's own chat: lines of JSON. */
export const ollamaChat: Dialect = {
  name: "ollama-chat",
  prepare(target) {
    const wanted = wantedOf(target);
    return {
      url: completeUrl(new URL(target.url), "ollama-chat"),
      rules: wanted.streamed ? STREAMED : WHOLE,
      body: (turn) =>
        JSON.stringify({
          model: target.model,
          messages: ollamaMessages(turn.messages),
          stream: wanted.streamed,
          tools: openaiTools(turn.tools),
          format: turn.responseFormat?.schema,
          ...wanted.parameters,
          options: ollamaOptions(wanted, turn),
        }),
    };
  },
};
