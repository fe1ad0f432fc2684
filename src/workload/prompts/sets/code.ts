import type { BuiltinPrompt } from "../builtin.ts";

export const code: readonly BuiltinPrompt[] = ["Explain in two sentences why the sky is blue."];
