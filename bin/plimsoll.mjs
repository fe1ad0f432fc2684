#!/usr/bin/env node
// Committed, so that npx can link it before the first build; the command itself is what `npm run build` makes.
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write("plimsoll is not built yet.\n  hint: Run `npm run build` in its folder first.\n");
  process.exitCode = 1;
}
