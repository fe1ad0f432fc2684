import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { SERVER_CONCEPTS } from "../../base/index.ts";
import { SERVERS } from "./table.ts";
import { tellsText, textFixture } from "./test/read-fixture.ts";

const FIXTURES = readdirSync(new URL("./fixtures/", import.meta.url))
  .filter((name) => name.endsWith(".txt"))
  .map((name) => name.slice(0, -".txt".length));

test.each(SERVERS.map((entry) => [entry.title, entry] as const))("%s maps no concept twice", (_title, { maps }) => {
  const names = maps.map(({ to }) => to);
  expect(names).toEqual([...new Set(names)]);
});

test.each(FIXTURES)("on the page of %s no concept is told by two servers", (name) => {
  expect(Object.keys(tellsText(name))).toHaveLength(1);
});

test("every table is tried on a page, and every page says whether a real server sent it", () => {
  const told = new Set(FIXTURES.flatMap((name) => Object.keys(tellsText(name))));
  expect(SERVERS.map(({ kind }) => kind).filter((kind) => !told.has(kind))).toEqual([]);
  for (const name of FIXTURES) expect(textFixture(name)).toMatch(/^# (real|documented): \S/);
});

test("kinds are told apart by their names, and pairs of a concept come together", () => {
  const kinds = SERVERS.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  const pairs = SERVER_CONCEPTS.filter(({ name }) => name.endsWith(".count")).map(({ name }) => name.slice(0, -6));
  for (const { kind, maps } of SERVERS) {
    const names = new Set<string>(maps.map(({ to }) => to));
    for (const stem of pairs)
      if (names.has(`${stem}.count`)) expect([kind, names.has(`${stem}.ms`)]).toEqual([kind, true]);
  }
});
