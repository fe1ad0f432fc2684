import { EXIT, PlimsollError } from "../../base/index.ts";
import { BUILTIN_PROMPT_SETS } from "../../plan/index.ts";
import type { PromptEntry } from "./entry.ts";
import { readSet } from "./set-file.ts";

/** Those that `mixed` draws from: what any target can be asked. The others need tools, schemas, long contexts, or are long themselves. */
const MIXED = ["faq", "short", "long-documents", "code", "reasoning", "adversarial", "multilingual"];

/** A prompt that many servers refuse, for its size or its bytes: never in `mixed`. */
const EXTREME = "extreme";

/** The prompts of a built-in set, in a fixed order; throws a PlimsollError (exit code 104) for a set that there is not. */
export function builtinPrompts(set: string): readonly PromptEntry[] {
  if (set === "mixed") return MIXED.flatMap(builtinPrompts).filter(({ tags }) => !tags?.includes(EXTREME));
  if (BUILTIN_PROMPT_SETS.some((name) => name === set)) return readSet(set).entries;
  throw new PlimsollError(
    {
      code: "WORKLOAD_UNKNOWN_PROMPT_SET",
      message: `there is no built-in set of prompts ${set}`,
      received: set,
      hint: `Use one of ${BUILTIN_PROMPT_SETS.join(", ")}.`,
    },
    EXIT.planInvalid,
  );
}
