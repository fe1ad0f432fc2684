export type Cell = string | number | undefined;

/** Prints rows in aligned columns; numbers to the right, absent cells as a dash. */
export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = [columns, ...rows.map((row) => columns.map((_, i) => cellText(row[i])))];
  const widths = columns.map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)));
  const right = columns.map((_, i) => rows.some((row) => typeof row[i] === "number"));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = texts;
  console.log([line(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(line), ""].join("\n"));
}

function cellText(cell: Cell): string {
  if (cell === undefined) return "-";
  if (typeof cell === "string") return cell;
  if (!Number.isFinite(cell)) return "-";
  const size = Math.abs(cell);
  const digits = Number.isInteger(cell) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return cell.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
