import type { Weakness } from "../../twin/index.ts";
import { counted } from "../figures.ts";
import { painter } from "../paint.ts";
import { plain, wrap } from "../text.ts";

export interface ListedWeakness extends Omit<Weakness, "plant"> {
  /** Whether it can be planted in the stack that was asked about; absent where none was. */
  readonly fits?: boolean;
}

export interface WeaknessesOptions {
  readonly width: number;
  readonly color: boolean;
  /** The stack's file, as it was given. */
  readonly stack?: string;
}

/** What can be planted in a stack: what a user would notice, what gives way, which signal shows it. */
export function renderWeaknesses(all: readonly ListedWeakness[], options: WeaknessesOptions): string {
  const { color, stack } = options;
  const width = Math.min(100, options.width);
  const paint = painter(color);
  const fitting = all.filter(({ fits }) => fits !== false);
  const others = all.filter(({ fits }) => fits === false);
  const lines = [...wrap(headline(all.length, fitting.length, stack), width).map((line) => paint(line, "bold")), ""];
  for (const { name, title, givesWay, shows, needs } of fitting) {
    lines.push(paint(name, "bold"), ...wrap(title, width, "  "));
    const needed = stack === undefined ? [["needs", needs] as const] : [];
    for (const [word, text] of [["gives way", givesWay] as const, ["shows", shows] as const, ...needed])
      lines.push(...wrap(text, width, " ".repeat(13), `  ${paint(word, "dim")}${" ".repeat(11 - word.length)}`));
    lines.push("");
  }
  if (others.length > 0) {
    lines.push(paint("Those that it has no part for", "bold"));
    const widest = Math.max(...others.map(({ name }) => name.length));
    const indent = " ".repeat(widest + 4);
    for (const { name, needs } of others)
      lines.push(...wrap(`needs ${needs}`, width, indent, `  ${name.padEnd(widest)}  `));
    lines.push("");
  }
  const example = fitting[0]?.name ?? "NAME";
  const plant = `Plant one: npx plimsoll twin serve ${plain(stack ?? "STACK")} --weakness ${example}; twin simulate takes it too.`;
  lines.push(...wrap(plant, width));
  return `${lines.join("\n")}\n`;
}

function headline(all: number, fitting: number, stack: string | undefined): string {
  if (stack === undefined) return `${counted(all, "weakness", "weaknesses")} can be planted in a stack.`;
  return `${fitting} of ${counted(all, "weakness", "weaknesses")} can be planted in ${plain(stack)}.`;
}
