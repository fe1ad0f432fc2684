import { z } from "zod";
import { audioTokens, imageTokens, mediaText } from "../../answers/index.ts";
import type { PromptMessage } from "../../answers/types.ts";
import type { Asked } from "./types.ts";

/** Fields that several endpoints share. What is not named is accepted and ignored, as servers do with what they do not know. */
export const limit = z.int().min(1).nullish();

export const stopField = z.union([z.string(), z.array(z.string()).max(16)]).nullish();

export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1, "this server gives one answer, n = 1").nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
};

/** vLLM's own. */
export const vllmFields = {
  min_tokens: z.int().min(0).nullish(),
  ignore_eos: z.boolean().nullish(),
  priority: z.int().nullish(),
  guided_json: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  structured_outputs: z
    .looseObject({ json: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() })
    .nullish(),
};

/** Who asks OpenAI's APIs for which model, and how. */
export const openaiFields = {
  ...vllmFields,
  model: z.string().nullish(),
  stream: z.boolean().nullish(),
  user: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  safety_identifier: z.string().nullish(),
};
const openaiObject = z.object(openaiFields);

/** What {@link openaiFields} ask. */
export function openaiAsked(
  body: z.infer<typeof openaiObject>,
): Pick<Asked, "model" | "ignoreEos" | "stream" | "user" | "priority"> {
  return {
    model: body.model ?? undefined,
    ignoreEos: body.ignore_eos ?? false,
    stream: body.stream ?? false,
    user: body.prompt_cache_key ?? body.user ?? body.safety_identifier ?? undefined,
    priority: body.priority ?? 0,
  };
}

/** vLLM's most, by default. */
export const MOST_LOGPROBS = 20;

export const streamOptions = z
  .object({ include_usage: z.boolean().nullish(), continuous_usage_stats: z.boolean().nullish() })
  .nullish();

const part = z.looseObject({
  type: z.string().optional(),
  text: z.string().optional(),
  input: z.unknown().optional(),
  content: z.unknown().optional(),
  /** Of OpenAI's chat, of its responses, and of Anthropic's messages. */
  image_url: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
  input_audio: z.looseObject({ data: z.string() }).optional(),
  source: z.looseObject({ data: z.string().optional(), url: z.string().optional() }).optional(),
});
export const contentField = z.union([z.string(), z.array(z.union([z.string(), part])).max(10_000)]);

/** The text of a message's content, with the inputs and results of Anthropic's tools; for pictures and sounds one of as many tokens as they cost. */
export function textOf(content: z.infer<typeof contentField> | null | undefined): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content.map((piece) => (typeof piece === "string" ? piece : pieceText(piece))).join("\n");
}

function pieceText({ type, text, input, content, ...media }: z.infer<typeof part>): string {
  const image = typeof media.image_url === "string" ? media.image_url : media.image_url?.url;
  const picture = image ?? (type === "image" ? (media.source?.data ?? media.source?.url) : undefined);
  if (picture !== undefined) return pictureText(picture);
  if (media.input_audio !== undefined) return soundText(media.input_audio.data);
  if (type === "tool_use") return JSON.stringify(input) ?? "";
  if (type !== "tool_result") return text ?? "";
  const result = contentField.safeParse(content);
  return result.success ? textOf(result.data) : "";
}

/** A data URL, bare base64, or an address. */
function pictureText(written: string): string {
  const source = written.replace(/^data:[^,]*,/, "");
  return mediaText(imageTokens(source), source);
}

function soundText(source: string): string {
  return mediaText(audioTokens(source), source);
}

export function stopsOf(stop: z.infer<typeof stopField>): readonly string[] {
  return (typeof stop === "string" ? [stop] : (stop ?? [])).filter((text) => text !== "");
}

/** Tools stand in the prompt, as chat templates put them there, and cost tokens. */
export function toolMessages(tools: readonly unknown[] | null | undefined): readonly PromptMessage[] {
  return tools && tools.length > 0 ? [{ role: "system", content: `Tools: ${JSON.stringify(tools)}` }] : [];
}

/** vLLM's constraints by schema; a text is JSON of one. */
export function guidedJson(fields: {
  readonly guided_json?: string | Record<string, unknown> | null | undefined;
  readonly structured_outputs?:
    | { readonly json?: string | Record<string, unknown> | null | undefined }
    | null
    | undefined;
}): unknown {
  const given = fields.guided_json ?? fields.structured_outputs?.json ?? undefined;
  if (typeof given !== "string") return given;
  try {
    const schema: unknown = JSON.parse(given);
    return schema;
  } catch {
    // A grammar that is not JSON constrains nothing that this model could break.
    return true;
  }
}
