import type { BuiltinPrompt } from "../builtin.ts";

export const multilingual: readonly BuiltinPrompt[] = ["Explain in two sentences why the sky is blue."];
