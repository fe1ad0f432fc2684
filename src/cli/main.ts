#!/usr/bin/env node
import { tell } from "./failure.ts";
import { processIo } from "./io.ts";
import { cli } from "./program.ts";

const io = processIo();

function leave(code: number): void {
  // What was written to a pipe goes out first; nothing that is still open may hold the process.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void tell(error, io, true).then(leave));
}

leave(await cli(process.argv.slice(2), io));
