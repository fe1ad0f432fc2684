import { readFileSync } from "node:fs";
import { isMapping } from "../../../base/index.ts";
import { jsonSamples } from "../../exposition/json.ts";
import { ExpositionParser } from "../../exposition/parser.ts";
import type { Sample } from "../../exposition/types.ts";
import { PartReader } from "../../mapping/reader.ts";
import { SERVERS } from "../table.ts";

/** What the tables make of a page: `concept` or `concept@replica` to its value, for each `server`. */
export type Told = Readonly<Record<string, Readonly<Record<string, number>>>>;

const folder = new URL("../fixtures/", import.meta.url);

/** The page of a JSON fixture, which tells its origin beside it. */
export function jsonFixture(name: string): unknown {
  const fixture: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
  if (!isMapping(fixture)) throw new Error(`${name}.json holds no page`);
  return fixture.page;
}

export function textFixture(name: string): string {
  return readFileSync(new URL(`${name}.txt`, folder), "utf8");
}

export function samplesOf(text: string): readonly Sample[] {
  const parser = new ExpositionParser("prometheus");
  parser.push(new TextEncoder().encode(text));
  return parser.end();
}

export const tellsText = (name: string): Told => told(samplesOf(textFixture(name)));
export const tellsJson = (name: string): Told => told(jsonSamples(jsonFixture(name)));

/** What the last of the pages tells, each scraped a second after the one before; figures to six digits. */
export function told(...pages: readonly (readonly Sample[])[]): Told {
  const reader = new PartReader("part", SERVERS);
  let points: ReturnType<PartReader["read"]>["points"] = [];
  pages.forEach((page, i) => {
    points = reader.read(page, i * 1000).points;
  });
  const out = new Map<string, Record<string, number>>();
  for (const { name, labels, value } of points) {
    if (name.startsWith("raw.")) continue;
    const server = labelOf(labels, "server") ?? "";
    const replica = labelOf(labels, "replica");
    const key = replica === undefined ? name : `${name}@${replica}`;
    const values = out.get(server) ?? {};
    out.set(server, values);
    if (key in values) throw new Error(`${server} tells ${key} twice`);
    values[key] = Number(value.toPrecision(6));
  }
  return Object.fromEntries(out);
}

function labelOf(labels: string, name: string): string | undefined {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(labels)?.[1];
}
