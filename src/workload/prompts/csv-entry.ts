import { parseCsv } from "../csv.ts";
import type { Files } from "../files.ts";
import type { Reading } from "../records/record-file.ts";
import { CsvSplitter } from "../records/splitters.ts";
import { decoded } from "../records/text.ts";
import type { PromptTurn } from "./entry.ts";
import { columnsOf, type FileSource, type Found } from "./found.ts";

/** The columns of a CSV file by what they hold; of those that the plan does not map only the first is the prompt. */
export function csvReading(source: FileSource, files: Files, path: string): Reading<Found> {
  const { prompt, system, id, answer, language } = columnsOf(source);
  let header: readonly string[] = [];
  const place = (name: string): number => header.indexOf(name);
  return {
    splitter: new CsvSplitter(),
    holds: (bytes) => bytes.length > 0,
    header: (bytes) => {
      const text = decoded(bytes);
      header = typeof text === "string" ? cellsOf(text).map((name) => name.trim()) : [];
      const wanted = [...(prompt ?? []), system, id, answer, language].filter((name) => name !== undefined);
      const missing = wanted.filter((name) => !header.includes(name));
      for (const name of missing) {
        files.faults.push({
          code: "WORKLOAD_COLUMN_MISSING",
          message: `${source.file} has no column ${name}`,
          path: path.replace(/\.file$/, "") + (name === source.field ? ".field" : ".columns"),
          file: source.file,
          line: 1,
          received: name,
          hint: `Name one of its columns: ${header.slice(0, 20).join(", ")}.`,
        });
      }
      return missing.length === 0;
    },
    parse: (bytes, line) => {
      const text = decoded(bytes);
      if (typeof text !== "string") return text;
      const cells = cellsOf(text);
      const turns: PromptTurn[] = (prompt?.map(place) ?? [0]).map((index) => ({ content: cells[index] ?? "" }));
      if (turns.some(({ content }) => content.length === 0 || (typeof content === "string" && content.trim() === "")))
        return {
          code: "WORKLOAD_PROMPT_MISSING",
          message: "the prompt is empty",
          hint: "Fill the cell, or remove the row.",
        };
      const cell = (name: string | undefined): string | undefined => {
        const held = name === undefined ? "" : (cells[place(name)] ?? "");
        return held.trim() === "" ? undefined : held;
      };
      const held = { id: cell(id), system: cell(system), answer: cell(answer), language: cell(language) };
      return {
        line,
        shape: turns.length > 1 ? "scripts of turns" : "prompts",
        entry: {
          turns,
          ...(held.id === undefined ? {} : { id: held.id }),
          ...(held.system === undefined ? {} : { system: held.system }),
          ...(held.answer === undefined ? {} : { answer: held.answer }),
          ...(held.language === undefined ? {} : { language: held.language }),
        },
      };
    },
  };
}

function cellsOf(text: string): readonly string[] {
  return parseCsv(text).rows[0]?.cells ?? [];
}
