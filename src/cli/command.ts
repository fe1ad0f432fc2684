import type { Command } from "commander";
import type { Io } from "./io.ts";

/** One command: its words here, its work in rooms that are loaded when it runs. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Adds arguments, options and examples. */
  define(command: Command): void;
  /** Help that is too heavy to be loaded for every call. */
  moreHelp?(): Promise<string>;
  /** Resolves to the exit code. */
  run(call: Call): Promise<number>;
}

/** Commands under one word: `plimsoll twin serve`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** In the order of the help. */
  readonly commands: readonly CommandEntry[];
}

export interface Call {
  readonly args: readonly string[];
  readonly io: Io;
  readonly quiet: boolean;
  /** False after `--no-color`. */
  readonly color: boolean;
  /** The command, for its options: `command.opts<Flags>()`. */
  readonly command: Command;
}

/** Examples, each with what it does, as the end of a command's help. */
export function examples(...list: readonly (readonly [command: string, what: string])[]): string {
  return `\nExamples:\n${list.map(([command, what]) => `  ${what}\n    ${command}`).join("\n")}`;
}
