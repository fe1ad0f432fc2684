/**
 * The paced server as a process: arguments as in argv.ts; one line of JSON, `{"url": ...}`, on standard output when it listens.
 * It ends when standard input closes, so that it never outlives who started it, or on SIGTERM and SIGINT.
 */
import { EXIT, PlimsollError } from "../../base/index.ts";
import { pacedHelp, pacedOptions } from "./argv.ts";
import { startPaced } from "./server.ts";

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) {
    process.stdout.write(`${pacedHelp()}\n`);
    return;
  }
  const server = await startPaced(pacedOptions(args));
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    process.stdin.once("close", () => resolve());
    process.stdin.resume();
  });
  await server.close();
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof PlimsollError) {
    for (const { message, hint } of error.faults)
      process.stderr.write(`${message}\n${hint === undefined ? "" : `  ${hint}\n`}`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.internal;
  }
}
process.stdin.destroy();
