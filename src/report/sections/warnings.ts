import { plain, wrap } from "../text.ts";
import { heading, type Section } from "./section.ts";

export const warnings: Section = (summary, context) => {
  if (summary.warnings.length === 0) return [];
  const { width, paint } = context;
  const lines = [heading("Warnings", "", context)];
  for (const { message, hint } of summary.warnings) {
    lines.push(...wrap(plain(message), width, "    ", "  ").map((line) => paint(line, "yellow")));
    if (hint !== undefined) lines.push(...wrap(plain(hint), width, "    ").map((line) => paint(line, "dim")));
  }
  return lines;
};
