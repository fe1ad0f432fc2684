import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCsv } from "../csv.ts";
import { inputFiles } from "../files.ts";
import { recordFile } from "./record-file.ts";
import { scan } from "./scan.ts";
import { CsvSplitter, lineSplitter } from "./splitters.ts";
import { decoded, holdsText } from "./text.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-records-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe("a file read in pieces", () => {
  it("has the rows and lines that reading it whole gives, whatever its quotes and line ends", () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('"', ",", "\n", "a", "é") }).map((text) => `"${text.replaceAll('"', '""')}"`),
      fc.string({ unit: fc.constantFrom("a", '"', " ", "é"), minLength: 1 }).filter((text) => !text.startsWith('"')),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        (rows, end) => {
          const text = rows.map((cells) => cells.join(",")).join(end);
          const found: unknown[] = [];
          scan(write("rows.csv", text), new CsvSplitter(), ({ bytes, line }) => {
            found.push(...parseCsv(bytes.toString()).rows.map(({ cells }) => ({ line, cells })));
          });
          expect(found).toEqual(parseCsv(text).rows);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps records whole that lie across the pieces it is read in, or are larger than one", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i}:${"x".repeat(i === 7 ? 3_000_000 : 50_000 + i)}`);
    const found: string[] = [];
    scan(write("long.txt", `\uFEFF${lines.join("\r\n")}`), lineSplitter(), ({ bytes }) => found.push(bytes.toString()));
    expect(found).toEqual(lines);
  });

  it("says on which line a quote opens that never closes", () => {
    expect(scan(write("open.csv", 'a,b\n"x\ny",2\n3,"4\n5'), new CsvSplitter(), () => {})).toEqual({ openQuote: 4 });
  });
});

describe("a large file", () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => JSON.stringify({ n: i, text: "word ".repeat(90) }));
  const reading = () => ({
    splitter: lineSplitter(),
    holds: holdsText,
    parse: (bytes: Buffer, line: number) => {
      const text = decoded(bytes);
      if (typeof text !== "string") return text;
      if (text.startsWith("!")) return { code: "BAD", message: "bad", hint: "Mend it." };
      const value: { n: number } = JSON.parse(text);
      return { line, n: value.n };
    },
  });

  it("stays on disk, and gives the same records, also to a thread that need not check it again", () => {
    const file = write("large.jsonl", `\n${lines.join("\n\n")}\n`);
    for (const checked of [false, true]) {
      const files = inputFiles(checked);
      const records = recordFile(file, "prompts", files, reading);
      expect(files.faults).toEqual([]);
      expect([records?.onDisk, records?.size]).toEqual([true, lines.length]);
      for (const i of [0, 1, 17, 20_000, lines.length - 1]) expect(records?.at(i)).toEqual({ line: 2 + 2 * i, n: i });
    }
  });

  it("has all of its faults told at once, with their lines", () => {
    const broken = lines.map((line, i) => (i % 3000 === 5 ? "!" : line));
    const files = inputFiles();
    recordFile(write("broken.jsonl", broken.join("\n")), "prompts", files, reading);
    expect(files.faults.map(({ line }) => line)).toEqual([
      6,
      3006,
      6006,
      9006,
      12006,
      15006,
      18006,
      21006,
      24006,
      27006,
      undefined,
    ]);
    expect(files.faults.at(-1)?.message).toContain("4 more lines");
  });
});
