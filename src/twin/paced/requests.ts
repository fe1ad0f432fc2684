import { z } from "zod";
import { estimateTokens } from "./text.ts";

/** What a request asks for, whichever endpoint it came through. */
export interface Asked {
  readonly inputTokens: number;
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** `POST /chat`: the conversation that it belongs to. */
  readonly session: string | undefined;
}

const limit = z.int().min(1).nullish();
const part = z.object({ text: z.string().optional() });

const openaiSchema = z.object({
  messages: z
    .array(z.object({ role: z.string(), content: z.union([z.string(), z.array(part), z.null()]).optional() }))
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: limit,
  max_completion_tokens: limit,
});

const chatSchema = z.object({ session: z.string().min(1).max(200), message: z.string(), max_tokens: limit });

/** Reads a body; a string says what is wrong with it. */
export type Read = (body: string) => Asked | string;

export const readOpenai: Read = (text) => {
  const body = parse(openaiSchema, text);
  if (typeof body === "string") return body;
  let characters = 0;
  for (const { content } of body.messages) {
    if (typeof content === "string") characters += content.length;
    else for (const { text: piece } of content ?? []) characters += piece?.length ?? 0;
  }
  return {
    inputTokens: estimateTokens(characters),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    session: undefined,
  };
};

export const readChat: Read = (text) => {
  const body = parse(chatSchema, text);
  if (typeof body === "string") return body;
  return {
    inputTokens: estimateTokens(body.message.length),
    maxTokens: body.max_tokens ?? undefined,
    stream: true,
    includeUsage: true,
    session: body.session,
  };
};

function parse<T>(schema: z.ZodType<T>, text: string): T | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "the body is not JSON";
  }
  const result = schema.safeParse(json);
  return result.success ? result.data : z.prettifyError(result.error);
}
