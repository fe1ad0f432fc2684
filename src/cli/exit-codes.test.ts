import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../base/index.ts";

it("documents every exit code, and no other", () => {
  const page = readFileSync(new URL("../../docs/EXIT-CODES.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(documented.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});
