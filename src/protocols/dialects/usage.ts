import { member } from "../members.ts";
import type { PathStep } from "../skim/index.ts";

type Count = "input" | "cached" | "output" | "reasoning";

/** One name under which servers report a token count. */
export interface UsageName {
  readonly path: readonly string[];
  readonly count: Count | undefined;
  /** The server leaves this part out of the count named here, so it is added to it. */
  readonly apartFrom?: "input" | "output";
}

/**
 * The names in use, looked for under the usage object, the first that is there counts: OpenAI chat and completions, OpenAI responses,
 * Anthropic, Gemini, Bedrock and the AI SDK (its 6th version nests details), Ollama, DeepSeek, LangChain.
 */
export const USAGE_NAMES: readonly UsageName[] = [
  { path: ["prompt_tokens"], count: "input" },
  { path: ["input_tokens"], count: "input" },
  { path: ["inputTokens"], count: "input" },
  { path: ["promptTokens"], count: "input" },
  { path: ["promptTokenCount"], count: "input" },
  { path: ["prompt_eval_count"], count: "input" },
  { path: ["prompt_tokens_details", "cached_tokens"], count: "cached" },
  { path: ["input_tokens_details", "cached_tokens"], count: "cached" },
  { path: ["inputTokenDetails", "cacheReadTokens"], count: "cached" },
  { path: ["input_token_details", "cache_read"], count: "cached" },
  { path: ["prompt_cache_hit_tokens"], count: "cached" },
  { path: ["cached_tokens"], count: "cached" },
  { path: ["cachedInputTokens"], count: "cached" },
  { path: ["cachedContentTokenCount"], count: "cached" },
  { path: ["cache_read_input_tokens"], count: "cached", apartFrom: "input" },
  { path: ["cacheReadInputTokens"], count: "cached", apartFrom: "input" },
  { path: ["cache_creation_input_tokens"], count: undefined, apartFrom: "input" },
  { path: ["cacheWriteInputTokens"], count: undefined, apartFrom: "input" },
  { path: ["completion_tokens"], count: "output" },
  { path: ["output_tokens"], count: "output" },
  { path: ["outputTokens"], count: "output" },
  { path: ["completionTokens"], count: "output" },
  { path: ["candidatesTokenCount"], count: "output" },
  { path: ["eval_count"], count: "output" },
  { path: ["completion_tokens_details", "reasoning_tokens"], count: "reasoning" },
  { path: ["output_tokens_details", "reasoning_tokens"], count: "reasoning" },
  { path: ["outputTokenDetails", "reasoningTokens"], count: "reasoning" },
  { path: ["output_token_details", "reasoning"], count: "reasoning" },
  { path: ["reasoning_tokens"], count: "reasoning" },
  { path: ["reasoningTokens"], count: "reasoning" },
  { path: ["thoughtsTokenCount"], count: "reasoning", apartFrom: "output" },
];

export interface TokenCounts {
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

const FIELDS = {
  input: "inputTokens",
  cached: "cachedTokens",
  output: "outputTokens",
  reasoning: "reasoningTokens",
} as const;

/** `found` holds a value for each of {@link USAGE_NAMES}, NaN where the server sent none; counts that it did not say stay as they are. */
export function applyUsage(found: Float64Array, counts: TokenCounts): void {
  const apart = { input: 0, output: 0 };
  const said: Record<Count, number> = { input: -1, cached: -1, output: -1, reasoning: -1 };
  USAGE_NAMES.forEach(({ count, apartFrom }, i) => {
    const value = found[i] ?? Number.NaN;
    if (!(value >= 0 && value <= 0x7fff_ffff && Number.isInteger(value))) return;
    if (count !== undefined && said[count] >= 0) return;
    if (count !== undefined) said[count] = value;
    if (apartFrom !== undefined) apart[apartFrom] += value;
  });
  if (said.input >= 0) said.input += apart.input;
  if (said.output >= 0) said.output += apart.output;
  for (const count of ["input", "cached", "output", "reasoning"] as const) {
    if (said[count] >= 0) counts[FIELDS[count]] = said[count];
  }
}

/** Puts the counts of a parsed usage object into `found`; false where it has none. */
export function usageIn(usage: unknown, found: Float64Array): boolean {
  let any = false;
  USAGE_NAMES.forEach(({ path }, i) => {
    const value = path.reduce(member, usage);
    if (typeof value !== "number") return;
    found[i] = value;
    any = true;
  });
  return any;
}

export function usagePaths(usage: readonly PathStep[]): readonly (readonly PathStep[])[] {
  return USAGE_NAMES.map(({ path }) => [...usage, ...path]);
}
