import { type Cause, compare, type Scene, share, told } from "../spike.ts";

/** Tokens below which no prompt holds anything up. */
const LONG = 500;
/** Times the usual prompt, from which on it explains the whole rise. */
const WHOLE = 4;

export const promptSize: Cause = {
  name: "prompt",
  because: "a long prompt was read",
  advice: {
    do: "Read long prompts in pieces (chunked prefill), or on servers of their own",
    why: "while one long prompt is read, every other answer waits",
  },
  weigh(scene) {
    return scene.spike.latency === "ttft" ? ownPrompts(scene) : longestPrompt(scene);
  },
};

/** The slow attempts themselves asked more. */
function ownPrompts(scene: Scene) {
  const { inputTokens: tokens } = scene.spike.attempts;
  if (!Number.isFinite(tokens.slow) || !(tokens.others > 0)) return undefined;
  const isLong = tokens.slow - tokens.others >= LONG;
  const weight = isLong ? share((tokens.slow / tokens.others - 1) / (WHOLE - 1)) : 0;
  const words = `prompts of the slow attempts had ${Math.round(tokens.slow)} tokens to read, those of others ${Math.round(tokens.others)}`;
  return { weight, evidence: [told("tokens to read", "tokens", tokens, weight > 0.3 ? "for" : "against", words)] };
}

/** Somebody's prompt was so long that all running answers waited for it. */
function longestPrompt(scene: Scene) {
  const { longestPrompt: longest } = scene.spike.attempts;
  if (!(longest.others > 0)) return undefined;
  const isLong = longest.slow - longest.others >= LONG;
  const own = isLong ? 0.8 * share((longest.slow / longest.others - 1) / (WHOLE - 1)) : 0;
  const read = scene.servers.models.flatMap(
    (part) => compare(scene, scene.servers.of("server.prompt.tokens", part)) ?? [],
  );
  const more = read.some(({ slow, others }) => slow > 2 * others);
  const words = `the longest prompt sent then had ${Math.round(longest.slow || 0)} tokens; nine in ten around have fewer than ${Math.round(longest.others)}`;
  return {
    weight: share(own + (own > 0 && more ? 0.2 : 0)),
    evidence: [told("longest prompt", "tokens", longest, own > 0.3 ? "for" : "against", words)],
  };
}
