import type { Ending } from "./schedule.ts";

/** One answer, as far as its text and its labels go. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly inputTokens: number;
  /** The tokens that will be sent. */
  readonly tokens: readonly string[];
  /** OpenAI's stream_options.include_usage. */
  readonly includeUsage: boolean;
}

/** How an answer is written on the wire: server-sent events as they come, or one JSON body at the end. */
export type Format =
  | {
      readonly kind: "stream";
      token(answer: Answer, index: number): string;
      /** What follows the last token of an answer that was not broken. */
      end(answer: Answer, ending: Ending): string;
      fault(answer: Answer): string;
    }
  | { readonly kind: "whole"; body(answer: Answer, ending: Ending): string };

const FAULT = {
  message: "the paced server broke this answer because it was told to",
  type: "server_error",
  code: null,
};

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function usageOf(answer: Answer): { prompt_tokens: number; completion_tokens: number; total_tokens: number } {
  const output = answer.tokens.length;
  return { prompt_tokens: answer.inputTokens, completion_tokens: output, total_tokens: answer.inputTokens + output };
}

function openaiChunk(answer: Answer, delta: string, finish: string): string {
  const head = `"id":"${answer.id}","object":"chat.completion.chunk","created":${answer.created},"model":${JSON.stringify(answer.model)}`;
  return `data: {${head},"choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]}\n\n`;
}

export const openaiStream: Format = {
  kind: "stream",
  token(answer, index) {
    const content = openaiChunk(answer, `{"content":${JSON.stringify(answer.tokens[index])}}`, "null");
    return index === 0 ? openaiChunk(answer, '{"role":"assistant","content":""}', "null") + content : content;
  },
  end(answer, ending) {
    const { id, created, model } = answer;
    const usage = { id, object: "chat.completion.chunk", created, model, choices: [], usage: usageOf(answer) };
    const finish = openaiChunk(answer, "{}", JSON.stringify(ending));
    return `${finish}${answer.includeUsage ? event(usage) : ""}data: [DONE]\n\n`;
  },
  fault: () => event({ error: FAULT }),
};

export const openaiWhole: Format = {
  kind: "whole",
  body(answer, ending) {
    const message = { role: "assistant", content: answer.tokens.join("") };
    return JSON.stringify({
      id: answer.id,
      object: "chat.completion",
      created: answer.created,
      model: answer.model,
      choices: [{ index: 0, message, finish_reason: ending }],
      usage: usageOf(answer),
    });
  },
};

export const chatStream: Format = {
  kind: "stream",
  token: (answer, index) => `data: {"delta":${JSON.stringify(answer.tokens[index])}}\n\n`,
  end: (answer, ending) => event({ finish_reason: ending, usage: usageOf(answer) }),
  fault: () => event({ error: FAULT }),
};
