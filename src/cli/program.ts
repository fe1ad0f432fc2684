import { readFileSync } from "node:fs";
import { Command, Help, Option } from "commander";
import { EXIT } from "../base/index.ts";
import type { CommandEntry, CommandGroup } from "./command.ts";
import { check } from "./commands/check.ts";
import { compare } from "./commands/compare.ts";
import { demo } from "./commands/demo.ts";
import { describe } from "./commands/describe.ts";
import { find } from "./commands/find.ts";
import { init } from "./commands/init.ts";
import { query } from "./commands/query.ts";
import { quick } from "./commands/quick.ts";
import { report } from "./commands/report.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { twin } from "./commands/twin/index.ts";
import { tell } from "./failure.ts";
import type { Io } from "./io.ts";

/** In the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  demo,
  quick,
  run,
  find,
  check,
  init,
  schema,
  report,
  compare,
  query,
  describe,
];
export const GROUPS: readonly CommandGroup[] = [twin];

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
  const add = async (parent: Command, entry: CommandEntry): Promise<void> => {
    const command = parent.command(entry.name).description(entry.summary);
    entry.define(command);
    command.action(async () => {
      const { color, quiet } = program.opts<GlobalFlags>();
      exitCode = await entry.run({ args: command.args, io, color, quiet, command });
    });
    if (entry.moreHelp !== undefined && asksForHelp(args, entry.name))
      command.addHelpText("after", await entry.moreHelp());
  };
  for (const entry of COMMANDS) await add(program, entry);
  for (const group of GROUPS) {
    const parent = program.command(group.name).description(group.summary);
    for (const entry of group.commands) await add(parent, entry);
  }
  try {
    const group = onlyGroup(args);
    if (args.length === 0) program.outputHelp();
    else if (group !== undefined) program.commands.find((command) => command.name() === group)?.outputHelp();
    else await program.parseAsync(unknownCommand(args) ?? args, { from: "user" });
    return exitCode;
  } catch (error) {
    return tell(error, io, program.opts<GlobalFlags>().color);
  }
}

/** A call that ends at a group's own word asks what there is. */
function onlyGroup(args: readonly string[]): string | undefined {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-"));
  const isPlain = flags.every((flag) => ["--help", "-h", "--no-color", "--quiet", "-q"].includes(flag));
  return words.length === 1 && isPlain ? GROUPS.find((group) => group.name === words[0])?.name : undefined;
}

/**
 * The words up to the first that names no command, alone: commander would answer `nosuch --help` with the help of them all.
 * Undefined where every word names one.
 */
function unknownCommand(args: readonly string[]): string[] | undefined {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const [name, inner] = words[0] === "help" ? words.slice(1) : words;
  if (name === undefined || name === "help" || COMMANDS.some((entry) => entry.name === name)) return undefined;
  const group = GROUPS.find((entry) => entry.name === name);
  if (group === undefined) return [name];
  const known = inner === undefined || inner === "help" || group.commands.some((entry) => entry.name === inner);
  return known ? undefined : [name, inner];
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
