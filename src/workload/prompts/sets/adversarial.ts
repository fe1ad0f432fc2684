import type { BuiltinPrompt } from "../builtin.ts";

export const adversarial: readonly BuiltinPrompt[] = ["Explain in two sentences why the sky is blue."];
