import type { Asked, BodyFault } from "./types.ts";

/** vLLM refuses a least length beyond the cap. */
export function boundsFault(
  { minTokens, maxTokens }: Pick<Asked, "minTokens" | "maxTokens">,
  cap: string,
): readonly [BodyFault] | undefined {
  if (minTokens === undefined || maxTokens === undefined || minTokens <= maxTokens) return undefined;
  const message = `Invalid value for 'min_tokens': it is ${minTokens}, more than ${cap} = ${maxTokens} allows.`;
  return [{ code: "invalid_value", param: "min_tokens", message }];
}
