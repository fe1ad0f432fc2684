import { painter } from "./paint.ts";
import { table } from "./table.ts";
import { wrap } from "./text.ts";

export interface TableText {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly meaning: string }[];
}

/** Tables and their columns, as the end of a help. */
export function renderTables(tables: readonly TableText[], width: number): string {
  const lines = ["Tables:"];
  const names = Math.max(...tables.flatMap(({ columns }) => columns.map(({ name }) => name.length)));
  const types = Math.max(...tables.flatMap(({ columns }) => columns.map(({ type }) => type.length)));
  for (const { name, title, columns } of tables) {
    lines.push("", ...wrap(`${name}: ${title}`, width, "    ", "  "));
    for (const column of columns) {
      const [head = ""] = table(
        [
          { title: "", align: "left" },
          { title: "", align: "left" },
        ],
        [[{ text: column.name }, { text: column.type }]],
        { width, paint: painter(false), indent: 4, least: [names, types] },
      );
      const indent = 4 + names + 2 + types + 2;
      lines.push(...wrap(column.meaning, width, " ".repeat(indent), head.padEnd(indent)));
    }
  }
  return lines.join("\n");
}
