import { z } from "zod";
import { readJson } from "./body.ts";
import { promptText, tokenIds } from "./openai-completions.ts";
import type { Read } from "./types.ts";

const schema = z.object({
  model: z.string().nullish(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(2048), tokenIds, z.array(tokenIds).min(1).max(2048)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).max(16_384).nullish(),
  user: z.string().nullish(),
});

export interface EmbeddingsAsked {
  readonly model: string | undefined;
  readonly inputs: readonly string[];
  readonly base64: boolean;
  readonly dimensions: number | undefined;
  readonly user: string | undefined;
}

export function readOpenaiEmbeddings(text: string): Read<EmbeddingsAsked> {
  const read = readJson(schema, text);
  if (read.faults) return read;
  const { input, model, encoding_format, dimensions, user } = read.value;
  const inputs =
    typeof input === "string" || isTokens(input) ? [promptText(input)] : input.map((one) => promptText(one));
  return {
    value: {
      model: model ?? undefined,
      inputs,
      base64: encoding_format === "base64",
      dimensions: dimensions ?? undefined,
      user: user ?? undefined,
    },
  };
}

function isTokens(input: readonly (string | number | readonly number[])[]): input is readonly number[] {
  return typeof input[0] === "number";
}

/** The body of an answer; each vector as numbers, or as base64 of its 32-bit floats, least significant byte first. */
export function embeddingsBody(
  model: string,
  vectors: readonly Float32Array[],
  base64: boolean,
  tokens: number,
): object {
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: base64 ? base64Of(vector) : Array.from(vector),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
