import { formatLatency } from "../figures.ts";

type Detail = ReadonlyMap<string, unknown>;

const text = (detail: Detail, key: string): string => {
  const value = detail.get(key);
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
};

/** What comes after a colon where it is told. */
const why = (detail: Detail): string => {
  const said = text(detail, "why") || text(detail, "code");
  return said === "" ? "" : `: ${said}`;
};

/** By the observer's events; one that is not here is told by its name. */
const SENTENCES: Readonly<Record<string, (part: string, detail: Detail) => string>> = {
  found: (_, detail) => `metrics found at ${text(detail, "where")}`,
  recognised: (part, detail) => `${part} is recognised as ${text(detail, "servers")}`,
  "page-missing": (part, detail) => `${part} has no page ${text(detail, "path")}`,
  lost: (part, detail) => `a scrape of ${part} failed${why(detail)}`,
  refused: (part, detail) => `an answer of ${part} was refused${why(detail)}`,
  back: (part, detail) => `${part} answers again, after ${formatLatency(Number(detail.get("for")))}`,
  "given-up": (part, detail) => `${part} is given up and not asked any more${why(detail)}`,
  reset: (part, detail) => `${part} began again: counters fell (${text(detail, "counters")})`,
  "series-left-out": (part, detail) => `${part} has ${text(detail, "series")} series more than are kept`,
  "parts-left-out": (part) => `${part} has more jobs than are kept`,
  "observer-lost": (_, detail) => `the observer itself ended${why(detail)}`,
};

/** An event of kind `observe` as a sentence without its end. */
export function observedWords(name: string, detail: Detail): string {
  const part = text(detail, "part") || "a source";
  return SENTENCES[name]?.(part, detail) ?? `${name}: ${part}${why(detail)}`;
}
