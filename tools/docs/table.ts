/** A Markdown table; pipes in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Markdown blocks with a blank line between, and the note that a file is made by a program. */
export function page(generatedFrom: string, blocks: readonly string[]): string {
  const note = `<!-- Made by \`npm run docs\` from ${generatedFrom}; edit those, not this page. -->`;
  return `${[note, ...blocks].join("\n\n")}\n`;
}
