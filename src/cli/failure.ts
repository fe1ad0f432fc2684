import { CommanderError } from "commander";
import { EXIT, PlimsollError, redactor } from "../base/index.ts";
import type { Io } from "./io.ts";

/** Tells a failure on standard error and returns the exit code that it leads to. */
export async function tell(error: unknown, io: Io, color: boolean): Promise<number> {
  // Commander has already written what it had to say; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.planInvalid;
  const redact = redactor(io.secrets);
  const debug = (io.env.DEBUG ?? "").split(",").includes("plimsoll");
  if (error instanceof PlimsollError) {
    const { renderFaults, wantsColor } = await import("../report/index.ts");
    const text = renderFaults(error, {
      color: wantsColor(io.errTerminal, color),
      width: Math.min(100, io.errTerminal.columns()),
      cwd: io.cwd,
    });
    io.err(redact(text));
    if (debug) io.err(redact(`${error.stack ?? ""}\n`));
    return error.exitCode;
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(/\p{Cc}+/gu, " ");
  io.err(
    redact(
      `plimsoll failed by a fault of its own: ${message}\nPlease report it with the command that you ran; DEBUG=plimsoll shows where it happened.\n`,
    ),
  );
  if (debug && error instanceof Error) io.err(redact(`${error.stack ?? ""}\n`));
  return EXIT.internal;
}
