import type { Random } from "../../base/index.ts";

/** A prompt, or a script of several questions that one user asks in turn. */
export interface PromptEntry {
  /** Names the text: `faq:12`, `questions.jsonl:81`. */
  readonly id: string;
  /** At least one; none empty. */
  readonly turns: readonly string[];
  /** A system prompt that came with the entry; a persona's own goes before it. */
  readonly system?: string;
}

/** A prompt of a built-in set, or the questions of one user in turn. */
export type BuiltinPrompt = string | readonly string[];

/** Where a persona's prompts come from. */
export interface PromptPool {
  draw(random: Random): PromptEntry;
}

/** Draws entries with replacement, each with the same chance. */
export function poolOf(entries: readonly PromptEntry[]): PromptPool {
  const nothing: PromptEntry = { id: "none", turns: [""] };
  return { draw: (random) => entries[Math.floor(random.next() * entries.length)] ?? nothing };
}
