import { readNumber } from "./number.ts";
import { excerpt, Refusal } from "./refusal.ts";

/** A name and its labels, as they stand before a sample's value. */
export interface SeriesText {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

export interface SampleText {
  /** Everything before the value: names the series where written alike. */
  readonly series: string;
  readonly value: number;
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const SPACE = /[ \t]*/y;
const MOST_LABELS = 100;

/**
 * Cuts a sample's line before its value: `name{labels} value [timestamp] [# exemplar]`. A timestamp and an exemplar have to be well formed, and
 * are left out: a sample's time is that of its scrape.
 */
export function cutSample(line: string): SampleText {
  const series = line.slice(0, endOfSeries(line));
  const exemplar = line.indexOf(" # ", series.length);
  const fields = line
    .slice(series.length, exemplar < 0 ? undefined : exemplar)
    .split(/[ \t]+/)
    .filter((field) => field !== "");
  const [written = "", timestamp] = fields;
  const value = readNumber(written);
  if (value === undefined) throw malformed("a sample without a value", line);
  if (fields.length > 2 || (timestamp !== undefined && readNumber(timestamp) === undefined)) {
    throw malformed("something after the value that is no timestamp", line);
  }
  return { series: series.trimEnd(), value };
}

/** Index after the name and the labels. Braces and quotes inside a label's value do not count. */
function endOfSeries(line: string): number {
  const open = line.indexOf("{");
  const space = line.search(/[ \t]/);
  if (open < 0 || (space >= 0 && space < open && line.slice(space, open).trim() !== "")) {
    return space < 0 ? line.length : space;
  }
  let isQuoted = false;
  for (let i = open + 1; i < line.length; i++) {
    const char = line[i];
    if (char === "\\" && isQuoted) i++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === "}" && !isQuoted) return i + 1;
  }
  throw malformed("labels that do not end", line);
}

/** Reads `name`, `name{label="value",...}` or `{"any name",...}`. */
export function readSeries(series: string): SeriesText {
  const open = series.indexOf("{");
  if (open < 0) return { name: checkedName(series, series), labels: NO_LABELS };
  const labels = new Map<string, string>();
  let name = series.slice(0, open).trimEnd();
  const scan = new Scan(series, open + 1);
  while (!scan.ends("}")) {
    const quoted = scan.match(QUOTED);
    const key = quoted === undefined ? scan.match(LABEL) : unescape(quoted);
    if (key === undefined) throw malformed("no name of a label", series);
    if (scan.skip("=")) {
      const value = scan.match(QUOTED);
      if (value === undefined) throw malformed("a label without a quoted value", series);
      if (labels.has(key)) throw malformed("a label that is there twice", series);
      if (labels.size === MOST_LABELS) throw malformed("too many labels", series);
      labels.set(key, unescape(value));
    } else if (quoted !== undefined && name === "" && labels.size === 0) {
      name = key;
    } else {
      throw malformed("a label without a value", series);
    }
    if (!scan.skip(",") && !scan.ends("}")) throw malformed("labels that do not end", series);
  }
  return { name: series.startsWith("{") ? nonEmpty(name, series) : checkedName(name, series), labels };
}

/** A place in a text, moved on by what is found there. */
class Scan {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** What the first group of a sticky pattern holds, or all of it. */
  match(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  skip(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  /** Whether the text's last character is what comes next. */
  ends(char: string): boolean {
    this.#space();
    return this.#at === this.#text.length - 1 && this.#text[this.#at] === char;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(/\\(.)/gs, (whole, char: string) => {
    if (char === "n") return "\n";
    return char === "\\" || char === '"' ? char : whole;
  });
}

function checkedName(name: string, series: string): string {
  if (!NAME.test(name)) throw malformed("no name of a metric", series);
  return name;
}

function nonEmpty(name: string, series: string): string {
  if (name === "") throw malformed("no name of a metric", series);
  return name;
}

function malformed(what: string, line: string): Refusal {
  return new Refusal("malformed", `${what}: ${excerpt(line)}`);
}
