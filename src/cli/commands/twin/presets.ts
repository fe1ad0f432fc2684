import { EXIT, PlimsollError } from "../../../base/index.ts";
import { type CommandEntry, examples } from "../../command.ts";

interface Flags {
  readonly json: boolean;
}

export const presets: CommandEntry = {
  name: "presets",
  summary: "engines that a stack can name, with the source of each number",
  define(command) {
    command
      .argument("[name]", "one of them, whole")
      .option("--json", "print as JSON, and nothing else, on standard output", false)
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll twin presets", "All of them:"],
          ["npx plimsoll twin presets llama-3-8b-a100", "One, with its coefficients and where they come from:"],
        ),
      );
  },
  async run({ args, command, io, color }) {
    const flags = command.opts<Flags>();
    const [{ PRESET_NAMES, presetNamed }, { renderPreset, renderPresets, wantsColor }] = await Promise.all([
      import("../../../twin/index.ts"),
      import("../../../report/index.ts"),
    ]);
    const all = PRESET_NAMES.flatMap((name) => presetNamed(name) ?? []);
    const [name] = args;
    const options = { width: io.outTerminal.columns(), color: wantsColor(io.outTerminal, color) };
    if (name === undefined) {
      io.out(flags.json ? `${JSON.stringify(all, null, 2)}\n` : renderPresets(all, options));
      return EXIT.held;
    }
    const preset = all.find((candidate) => candidate.name === name);
    if (preset === undefined) {
      throw new PlimsollError(
        {
          code: "TWIN_UNKNOWN_PRESET",
          message: `there is no preset of that name; there are ${PRESET_NAMES.join(", ")}`,
          received: name,
          hint: "Run `plimsoll twin presets` for what each stands for.",
        },
        EXIT.planInvalid,
      );
    }
    io.out(flags.json ? `${JSON.stringify(preset, null, 2)}\n` : renderPreset(preset, options));
    return EXIT.held;
  },
};
