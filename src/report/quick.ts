import { counted } from "./figures.ts";
import { plain } from "./text.ts";

export interface QuickFound {
  readonly what: string;
  readonly evidence: string;
  readonly notes: readonly string[];
  readonly models: readonly string[];
  /** The model that was taken because none was named. */
  readonly chosenModel?: string;
}

export interface QuickAsked {
  readonly rate?: string;
  readonly users?: number;
  readonly for?: string;
}

/** What a probe found, and what `quick` makes of it; one line each. */
export function describeQuick(
  found: QuickFound,
  asked: QuickAsked,
  defaults: { readonly rate: string; readonly for: string },
): string {
  const lines = [`Found ${plain(found.what)}: ${plain(found.evidence)}.`, ...found.notes.map(plain)];
  if (found.chosenModel !== undefined) {
    const others =
      found.models.length > 1 ? `, the first of ${counted(found.models.length, "model")}; --model chooses another` : "";
    lines.push(`It is asked for the model ${plain(found.chosenModel)}${others}.`);
  }
  const load =
    asked.users === undefined ? `sessions start at ${asked.rate ?? defaults.rate}` : counted(asked.users, "user");
  const given = [asked.rate, asked.users, asked.for].some((value) => value !== undefined);
  const each = asked.users === undefined ? "one question each" : "one question after another";
  lines.push(
    `Load: ${load} for ${asked.for ?? defaults.for}, ${each}${given ? "" : " (--rate, --users and --for change it)"}.`,
  );
  return lines.join("\n");
}
