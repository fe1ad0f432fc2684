import type { Random } from "../../base/index.ts";
import type { ContentPart, ResponseFormat, ToolDefinition } from "../../protocols/index.ts";
import type { Position } from "../order.ts";

/** What a user says in one turn. */
export interface PromptTurn {
  readonly content: string | readonly ContentPart[];
}

/** A prompt, or a script of several questions that one user asks in turn. */
export interface PromptEntry {
  /** Names the text: `faq:12`, `questions.jsonl:81`. */
  readonly id: string;
  /** At least one. */
  readonly turns: readonly PromptTurn[];
  /** A system prompt that came with the entry; a persona's own takes its place. */
  readonly system?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly responseFormat?: ResponseFormat;
  /** The exact answer to the last turn. */
  readonly answer?: string;
  /** BCP 47, or `mixed`. */
  readonly language?: string;
  readonly tags?: readonly string[];
}

/** Where in a run an entry is drawn. */
export interface Draw extends Position {
  /** The stream of a purpose, of this draw alone. */
  stream(purpose: string): Random;
  /** The stream of a purpose, the same in every draw of a session. */
  sessionStream(purpose: string): Random;
}

/** Where a persona's prompts come from. */
export interface PromptPool {
  draw(at: Draw): PromptEntry;
  /** For people: `faq, a built-in set of 60 prompts`. */
  readonly says: string;
}

/** Entries by number, some of them still on disk. */
export interface Entries {
  readonly size: number;
  at(index: number): PromptEntry;
}

export function entriesOf(list: readonly PromptEntry[]): Entries {
  return { size: list.length, at: (index) => list[index] ?? NOTHING };
}

/** What a list that holds nothing gives; no run begins with one. */
export const NOTHING: PromptEntry = { id: "none", turns: [{ content: "" }] };
