import { randomStream } from "../../base/index.ts";
import type { PromptDress } from "../../plan/index.ts";
import type { ContentPart } from "../../protocols/index.ts";
import { countLawOf } from "../distributions.ts";
import { audioParts, imageParts } from "../media/parts.ts";
import type { Draw, PromptEntry, PromptPool, PromptTurn } from "./entry.ts";
import type { Place } from "./place.ts";
import { prefixesOf } from "./prefix.ts";

/** Changes an entry for the place at which it is drawn. */
type Step = (entry: PromptEntry, at: Draw) => PromptEntry;

/** What a plan does to the prompts of a source, whatever that is: pictures and sounds, shared prefixes, marks of uniqueness, in this order. */
export function dressed(pool: PromptPool, dress: PromptDress, place: Place): PromptPool {
  const steps: Step[] = [];
  const says: string[] = [pool.says];
  const { images, audio, prefix, unique } = dress;
  const { seed, files, path, persona } = place;
  if (images !== undefined) {
    steps.push(withParts("image", images.count, imageParts(images, seed, files, `${path}.images`)));
    says.push(images.count === 1 ? "a picture with each" : `${images.count} pictures with each`);
  }
  if (audio !== undefined) {
    steps.push(withParts("sound", audio.count, audioParts(audio, seed, files, `${path}.audio`)));
    says.push(audio.count === 1 ? "a sound with each" : `${audio.count} sounds with each`);
  }
  if (prefix !== undefined) {
    const texts = prefixesOf(prefix, countLawOf(prefix.tokens, files, `${path}.prefix.tokens`), seed, persona);
    steps.push((entry, at) =>
      at.nth > 0 ? entry : begunWith(entry, `${texts(at.sessionStream("prefix"))}\n\n`, prefix.place),
    );
    const reuse = prefix.exponent === 0 ? "evenly" : `by Zipf's law with exponent ${prefix.exponent}`;
    const share = prefix.share === 1 ? "" : ` in ${percent(prefix.share)} of the sessions`;
    says.push(`begun with one of ${prefix.count} shared prefixes, chosen ${reuse}${share}`);
  }
  if (unique !== undefined && unique > 0) {
    steps.push((entry, at) => {
      if (at.sessionStream("unique").next() >= unique) return entry;
      const mark = `${markOf(seed, at.ordinal)}\n\n`;
      const turns = entry.turns.map((turn) => startTurn(turn, mark));
      return entry.system === undefined ? { ...entry, turns } : { ...entry, turns, system: mark + entry.system };
    });
    says.push(`${percent(unique)} of the sessions marked so that no cache knows them`);
  }
  if (steps.length === 0) return pool;
  return {
    says: says.join("; "),
    draw: (at) => steps.reduce((entry, step) => step(entry, at), pool.draw(at)),
  };
}

/** Adds parts to the first turn of an entry. */
function withParts(purpose: string, count: number, parts: readonly ContentPart[]): Step {
  return (entry, at) => {
    const [first, ...rest] = entry.turns;
    if (first === undefined || parts.length === 0) return entry;
    const random = at.stream(purpose);
    const added = Array.from({ length: count }, () => parts[Math.floor(random.next() * parts.length)] ?? []).flat();
    const said: readonly ContentPart[] =
      typeof first.content === "string" ? [{ type: "text", text: first.content }] : first.content;
    return { ...entry, turns: [{ content: [...said, ...added] }, ...rest] };
  };
}

/** The very beginning of a conversation is its system prompt, where it has one and the text belongs there. */
function begunWith(entry: PromptEntry, text: string, place: "system" | "prompt"): PromptEntry {
  if (place === "system") return { ...entry, system: (text + (entry.system ?? "")).trimEnd() };
  const [first, ...rest] = entry.turns;
  return first === undefined ? entry : { ...entry, turns: [startTurn(first, text), ...rest] };
}

function startTurn({ content }: PromptTurn, text: string): PromptTurn {
  if (typeof content === "string") return { content: text + content };
  const [first, ...rest] = content;
  if (first?.type === "text") return { content: [{ ...first, text: text + first.text }, ...rest] };
  return { content: [{ type: "text", text: text.trimEnd() }, ...content] };
}

/** No two sessions have the same: the number makes it so, and what comes before it parts them from the first characters on. */
function markOf(seed: number, ordinal: number): string {
  const random = randomStream(seed, "mark", ordinal);
  return `${random.uint32().toString(16).padStart(8, "0")}-${ordinal.toString(36)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}
