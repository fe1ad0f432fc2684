import { jsonSamples } from "../exposition/json.ts";
import { formatOf } from "../exposition/negotiate.ts";
import { ExpositionParser } from "../exposition/parser.ts";
import type { Sample } from "../exposition/types.ts";
import { PartReader } from "../mapping/reader.ts";
import { SERVERS } from "../servers/table.ts";
import type { ServerEntry } from "../servers/types.ts";

/** The samples of a page as a scrape reads them. */
export function samplesOf(page: string, contentType = "text/plain"): readonly Sample[] {
  const format = formatOf(contentType);
  if (format === undefined) throw new Error(`${contentType} is no format of metrics`);
  if (format === "json") return jsonSamples(JSON.parse(page));
  const parser = new ExpositionParser(format);
  parser.push(Buffer.from(page));
  return parser.end();
}

/**
 * What pages of one server, scraped a second apart, become: `name{labels}` and the last value, of a part called `part`.
 */
export function readPages(
  pages: readonly string[],
  contentType = "text/plain",
  table: readonly ServerEntry[] = SERVERS,
): ReadonlyMap<string, number> {
  const reader = new PartReader("part", table);
  const last = new Map<string, number>();
  for (const [i, page] of pages.entries()) {
    const { points } = reader.read(samplesOf(page, contentType), i * 1000);
    for (const { name, labels, value } of points) last.set(`${name}${labels}`, value);
  }
  return last;
}
