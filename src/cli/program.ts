import { readFileSync } from "node:fs";
import { Command, Help, Option } from "commander";
import { EXIT } from "../base/index.ts";
import type { CommandEntry } from "./command.ts";
import { check } from "./commands/check.ts";
import { demo } from "./commands/demo.ts";
import { init } from "./commands/init.ts";
import { query } from "./commands/query.ts";
import { quick } from "./commands/quick.ts";
import { report } from "./commands/report.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { tell } from "./failure.ts";
import type { Io } from "./io.ts";

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [demo, quick, run, check, init, schema, report, query];

interface GlobalFlags {
  readonly color: boolean;
  readonly quiet: boolean;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "unknown";
}

/** Runs one call of `plimsoll`; resolves to its exit code and never rejects. */
export async function cli(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.held;
  const program = new Command("plimsoll")
    .description("Load-test an AI application: play its users, time every token, judge what must hold.")
    .version(version(), "-V, --version")
    .option("--no-color", "print without colour (also NO_COLOR)")
    .option("-q, --quiet", "no progress on standard error", false)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({
      showGlobalOptions: true,
      optionDescription,
      helpWidth: Math.min(100, io.outTerminal.columns()),
    })
    .showHelpAfterError("Add --help to see what there is, with examples.")
    .exitOverride()
    .addHelpText(
      "after",
      "\nFirst steps:\n  npx plimsoll demo                         a minute on a server that ships with it\n  npx plimsoll quick http://127.0.0.1:8000  what speaks there, and how fast\n  npx plimsoll init                         a plan to start from",
    );
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary);
    entry.define(command);
    command.action(async () => {
      const { color, quiet } = program.opts<GlobalFlags>();
      exitCode = await entry.run({ args: command.args, io, color, quiet, command });
    });
    if (entry.moreHelp !== undefined && asksForHelp(args, entry.name))
      command.addHelpText("after", await entry.moreHelp());
  }
  try {
    const unknown = unknownCommand(args);
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(unknown === undefined ? args : [unknown], { from: "user" });
    return exitCode;
  } catch (error) {
    return tell(error, io, program.opts<GlobalFlags>().color);
  }
}

/** A first word that names no command; commander would answer `nosuch --help` with the help of them all. */
function unknownCommand(args: readonly string[]): string | undefined {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const name = words[0] === "help" ? words[1] : words[0];
  return name === undefined || name === "help" || COMMANDS.some((entry) => entry.name === name) ? undefined : name;
}

const plainHelp = new Help();

/** A default is worth its words only where it is a word. */
function optionDescription(option: Option): string {
  if (option.defaultValueDescription !== undefined || typeof option.defaultValue === "string")
    return plainHelp.optionDescription(option);
  const shown = new Option(option.flags, option.description);
  if (option.argChoices !== undefined) shown.choices(option.argChoices);
  return plainHelp.optionDescription(shown);
}

function asksForHelp(args: readonly string[], name: string): boolean {
  return args.includes(name) && (args.includes("--help") || args.includes("-h") || args[0] === "help");
}
