import type { Found } from "../../analyse/index.ts";

const WORDS: Readonly<Record<Found["ended"]["why"], string>> = {
  precise: "The interval is as narrow as was asked for.",
  most: "Every limit held at the highest load that may be tried.",
  least: "A limit is broken at the least load that may be tried.",
  probes: "All probes are used.",
  budget: "The budget is spent.",
  interrupted: "The search was interrupted.",
  generator: "The load generator limited the probes: this machine cannot ask for more.",
};

export function endWords(why: Found["ended"]["why"]): string {
  return WORDS[why];
}
