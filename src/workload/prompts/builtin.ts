import { EXIT, PlimsollError } from "../../base/index.ts";
import type { BuiltinPromptSet } from "../../plan/index.ts";
import type { BuiltinPrompt, PromptEntry } from "./entry.ts";
import { adversarial } from "./sets/adversarial.ts";
import { code } from "./sets/code.ts";
import { faq } from "./sets/faq.ts";
import { longDocuments } from "./sets/long-documents.ts";
import { multilingual } from "./sets/multilingual.ts";
import { reasoning } from "./sets/reasoning.ts";
import { short } from "./sets/short.ts";

const SETS = {
  faq,
  short,
  "long-documents": longDocuments,
  code,
  reasoning,
  adversarial,
  multilingual,
} satisfies Readonly<Record<Exclude<BuiltinPromptSet, "mixed">, readonly BuiltinPrompt[]>>;

const ENTRIES: ReadonlyMap<string, readonly PromptEntry[]> = new Map(
  Object.entries<readonly BuiltinPrompt[]>(SETS).map(([set, prompts]) => [
    set,
    prompts.map((prompt, i) => ({ id: `${set}:${i + 1}`, turns: typeof prompt === "string" ? [prompt] : prompt })),
  ]),
);

/** `mixed` is all of the others. */
export const PROMPT_SETS: readonly string[] = ["mixed", ...ENTRIES.keys()];

/** The prompts of a built-in set, in a fixed order; throws a PlimsollError (exit code 104) for a set that there is not. */
export function builtinPrompts(set: string): readonly PromptEntry[] {
  const entries = set === "mixed" ? [...ENTRIES.values()].flat() : ENTRIES.get(set);
  if (entries !== undefined) return entries;
  throw new PlimsollError(
    {
      code: "WORKLOAD_UNKNOWN_PROMPT_SET",
      message: `there is no built-in set of prompts ${set}`,
      received: set,
      hint: `Use one of ${PROMPT_SETS.join(", ")}.`,
    },
    EXIT.planInvalid,
  );
}
