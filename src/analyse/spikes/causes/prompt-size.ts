import { type Cause, type Clue, compare, type Scene, share, told } from "../spike.ts";

/** Tokens below which no prompt holds anything up. */
const LONG = 500;
/** Times the usual prompt, from which on it explains the whole rise. */
const WHOLE = 4;

export const promptSize: Cause = {
  name: "prompt",
  because: "long prompts were read at that moment",
  advice: {
    do: "Read long prompts in pieces (chunked prefill), or on servers of their own",
    why: "while one long prompt is read, every other answer waits",
  },
  weigh(scene) {
    return scene.spike.latency === "ttft" ? ownPrompts(scene) : longestPrompt(scene);
  },
};

/** The slow attempts themselves asked more. */
function ownPrompts(scene: Scene): Clue | undefined {
  const { inputTokens: tokens } = scene.spike.attempts;
  if (!Number.isFinite(tokens.slow) || !(tokens.others > 0)) return undefined;
  const isLong = tokens.slow - tokens.others >= LONG;
  const weight = isLong ? share((tokens.slow / tokens.others - 1) / (WHOLE - 1)) : 0;
  const words = `prompts of the slow attempts had ${Math.round(tokens.slow)} tokens to read, those of others ${Math.round(tokens.others)}`;
  return { weight, evidence: [told("tokens to read", "tokens", tokens, weight > 0.3 ? "for" : "against", words)] };
}

/** So much was read at once that all running answers waited for it: one prompt that the client sent, or what an application added to it. */
function longestPrompt(scene: Scene): Clue | undefined {
  const sent = sentPrompt(scene);
  const [read] = scene.servers.models
    .flatMap((part) => readAt(scene, part) ?? [])
    .toSorted((a, b) => b.weight - a.weight);
  if (sent === undefined || read === undefined) return sent ?? read;
  const weight = share(Math.max(sent.weight, read.weight) + (sent.weight > 0 && read.weight > 0 ? 0.2 : 0));
  return { ...read, weight, evidence: [...sent.evidence, ...read.evidence] };
}

function sentPrompt(scene: Scene): Clue | undefined {
  const { longestPrompt: longest } = scene.spike.attempts;
  if (!(longest.others > 0)) return undefined;
  const isLong = longest.slow - longest.others >= LONG;
  const weight = isLong ? 0.8 * share((longest.slow / longest.others - 1) / (WHOLE - 1)) : 0;
  const words = `the longest prompt sent then had ${Math.round(longest.slow || 0)} tokens; nine in ten around have fewer than ${Math.round(longest.others)}`;
  return { weight, evidence: [told("longest prompt", "tokens", longest, weight > 0.3 ? "for" : "against", words)] };
}

function readAt(scene: Scene, part: string): Clue | undefined {
  const [all, cached] = [
    scene.servers.of("server.prompt.tokens", part),
    scene.servers.of("server.prompt.cached", part),
  ];
  const read = compare(
    scene,
    all?.map((value, i) => Math.max(0, value - (cached?.[i] || 0))),
  );
  if (read === undefined) return undefined;
  const isMuch = read.slow - read.others >= LONG;
  const weight = isMuch ? 0.7 * share((read.slow / Math.max(1, read.others) - 1) / (WHOLE - 1)) : 0;
  const words = `${part} read up to ${Math.round(read.slow)} tokens of prompts a second, ${Math.round(read.others)} around`;
  const measure = `server.prompt.tokens of ${part}, cached ones left out`;
  return { weight, component: part, evidence: [told(measure, "1/s", read, weight > 0.3 ? "for" : "against", words)] };
}
