import type { Summary } from "../../analyse/index.ts";
import { EXIT } from "../../base/index.ts";
import type { SummaryOptions } from "../../report/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import { runsOption, summaryOption } from "../options.ts";
import { runFolder } from "../run-folder.ts";

interface Flags {
  readonly runs: string;
  readonly json: boolean;
  readonly summary: "full" | "compact";
}

export const report: CommandEntry = {
  name: "report",
  summary: "print a run's summary again, from its folder alone",
  define(command) {
    command
      .argument("<run>", "a run folder, a run's name, or latest")
      .addOption(runsOption())
      .option("--json", "print the summary as JSON", false)
      .addOption(summaryOption())
      .addHelpText(
        "after",
        `${examples(["npx plimsoll report latest", "The newest run in ./runs, also one that was killed:"], ["npx plimsoll report latest --json", "The same for a program:"])}\n\nThe exit code is 0 when the folder could be read, whatever the verdict was.`,
      );
  },
  async run({ args, command, io, color }) {
    const { runs, json, summary: mode } = command.opts<Flags>();
    const [{ summarise }, { renderSummary, topReasons, wantsColor }] = await Promise.all([
      import("../../analyse/index.ts"),
      import("../../report/index.ts"),
    ]);
    const summary = await summarise(runFolder(args[0] ?? "latest", runs, io.cwd));
    io.out(
      json
        ? `${JSON.stringify(summary, null, 2)}\n`
        : renderSummary(summary, {
            width: io.outTerminal.columns(),
            color: wantsColor(io.outTerminal, color),
            mode,
            cwd: io.cwd,
            weaknesses: await plantable(summary),
            reasons: await topReasons(summary),
          }),
    );
    return EXIT.held;
  },
};

/** Loaded only for a run in which something was planted. */
async function plantable({ run }: Summary): Promise<NonNullable<SummaryOptions["weaknesses"]>> {
  if ((run.simulated?.weaknesses ?? []).length === 0) return [];
  return (await import("../../twin/index.ts")).WEAKNESSES;
}
