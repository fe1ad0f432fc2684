import { EXIT } from "../../../base/index.ts";
import { type CommandEntry, examples } from "../../command.ts";
import { stackSetOption, variableOption } from "../../options.ts";

interface Flags {
  readonly json: boolean;
  readonly env: readonly string[];
  readonly set: readonly string[];
}

export const weaknesses: CommandEntry = {
  name: "weaknesses",
  summary: "what can be wrong with a stack on purpose, each with one switch",
  define(command) {
    command
      .argument("[stack]", "a stack's .yaml or .json file: which of them fit it")
      .addOption(variableOption("stack"))
      .addOption(stackSetOption())
      .option("--json", "print the list as JSON, and nothing else, on standard output", false)
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll twin weaknesses", "All of them:"],
          ["npx plimsoll twin weaknesses examples/stacks/tiny.yaml", "Those that fit a stack:"],
          ["npx plimsoll twin serve examples/stacks/tiny.yaml --weakness kv-too-small", "A server that has one:"],
        ),
      );
  },
  async run({ args, command, io, color }) {
    const flags = command.opts<Flags>();
    const [{ fittingWeaknesses, readStack, WEAKNESSES }, { renderWeaknesses, wantsColor }] = await Promise.all([
      import("../../../twin/index.ts"),
      import("../../../report/index.ts"),
    ]);
    const [file] = args;
    const fitting =
      file === undefined
        ? undefined
        : fittingWeaknesses(await readStack(file, { vars: flags.env, set: flags.set, env: io.env, cwd: io.cwd }));
    const list = WEAKNESSES.map(({ plant: _plant, ...words }) => ({
      ...words,
      ...(fitting === undefined ? {} : { fits: fitting.some(({ name }) => name === words.name) }),
    }));
    if (flags.json) io.out(`${JSON.stringify(list, null, 2)}\n`);
    else
      io.out(
        renderWeaknesses(list, {
          width: io.outTerminal.columns(),
          color: wantsColor(io.outTerminal, color),
          ...(file === undefined ? {} : { stack: file }),
        }),
      );
    return EXIT.held;
  },
};
