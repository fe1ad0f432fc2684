import type { Reading } from "../records/record-file.ts";
import { scan } from "../records/scan.ts";
import { BlockSplitter, lineSplitter } from "../records/splitters.ts";
import { decoded, holdsText } from "../records/text.ts";
import type { Found } from "./found.ts";

/** One prompt a line, blank lines apart; or blocks between lines of `---` where the file has such a line. */
export function textReading(file: string): Reading<Found> {
  return hasRule(file) ? BLOCKS() : LINES();
}

const RULE = /^---[ \t]*$/m;

function hasRule(file: string): boolean {
  let found = false;
  scan(file, lineSplitter(), ({ bytes }) => {
    found ||= bytes.length >= 3 && bytes.length < 80 && bytes[0] === 0x2d && RULE.test(bytes.toString());
  });
  return found;
}

const LINES = (): Reading<Found> => ({
  splitter: lineSplitter(),
  holds: holdsText,
  parse: (bytes, line) => {
    const text = decoded(bytes);
    return typeof text === "string" ? found(text.trim(), line) : text;
  },
});

const BLOCKS = (): Reading<Found> => ({
  splitter: new BlockSplitter(),
  holds: (bytes) => holdsText(bytes.subarray(0, bytes.length - ruleLength(bytes))),
  parse: (bytes, line) => {
    const text = decoded(bytes.subarray(0, bytes.length - ruleLength(bytes)));
    if (typeof text !== "string") return text;
    const before = /^\s*/.exec(text)?.[0] ?? "";
    return found(text.replaceAll("\r\n", "\n").trim(), line + before.split("\n").length - 1);
  },
});

/** Bytes of the line of dashes that ends a block; the last block of a file may have none. */
function ruleLength(bytes: Buffer): number {
  const last = bytes.subarray(bytes.lastIndexOf(0x0a) + 1);
  return last.length < 80 && RULE.test(last.toString()) ? last.length : 0;
}

function found(content: string, line: number): Found {
  return { line, shape: "texts", entry: { turns: [{ content }] } };
}
