/** A row of a CSV file with the 1-based line on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads comma-separated values as RFC 4180 gives them: quoted cells may hold commas, line breaks and doubled quotes; rows end with LF or CRLF.
 * Blank lines are no rows. A quote that is never closed is reported by its line, with what came before it read.
 */
export function parseCsv(text: string): { readonly rows: readonly CsvRow[]; readonly openQuote?: number } {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  let position = 0;
  while (position < text.length) {
    let cell: string;
    if (text[position] === '"') {
      const opened = line;
      const closed = closingQuote(text, position + 1);
      if (closed === undefined) return { rows, openQuote: opened };
      const inside = text.slice(position + 1, closed);
      line += count(inside, "\n");
      const rest = cellEnd(text, closed + 1);
      cell = inside.replaceAll('""', '"') + text.slice(closed + 1, rest);
      position = rest;
    } else {
      const end = cellEnd(text, position);
      cell = text.slice(position, end);
      position = end;
    }
    if (text[position] === ",") {
      cells.push(cell);
      position++;
      // A comma at the very end opens one more, empty cell.
      if (position < text.length) continue;
      cell = "";
    }
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: begun, cells });
    cells = [];
    if (text[position] === "\r") position++;
    position++;
    line++;
    begun = line;
  }
  return { rows };
}

/** Index of the comma or line end that ends an unquoted stretch. */
function cellEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    const code = text[end];
    if (code === "," || code === "\n" || (code === "\r" && text[end + 1] === "\n")) break;
    end++;
  }
  return end;
}

function closingQuote(text: string, from: number): number | undefined {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? undefined : at;
}

function count(text: string, sought: string): number {
  let found = 0;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) found++;
  return found;
}
