import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GENERATED } from "../tools/docs/generated.ts";
import { ROOT } from "./helpers/cli.ts";

test.each(GENERATED)("$file is what the code's tables say", async ({ file, content }) => {
  expect(await readFile(join(ROOT, file), "utf8"), "Run `npm run docs` and commit what it writes.").toBe(content());
});
