import { join } from "node:path";
import type { Summary, Verdict } from "../../analyse/index.ts";
import { EXIT } from "../../base/index.ts";
import type { SummaryOptions } from "../../report/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import { tellPage } from "../conduct.ts";
import type { Io } from "../io.ts";
import { pageOption, runsOption, summaryOption } from "../options.ts";
import { writeRunPage } from "../page.ts";
import { runFolder } from "../run-folder.ts";

interface Flags {
  readonly runs: string;
  readonly json: boolean;
  readonly summary: "full" | "compact";
  readonly page: boolean;
}

export const report: CommandEntry = {
  name: "report",
  summary: "print a run's summary again, from its folder alone, and write its report.html",
  define(command) {
    command
      .argument("<run>", "a run folder, a run's name, or latest")
      .addOption(runsOption())
      .option("--json", "print the summary as JSON", false)
      .addOption(summaryOption())
      .addOption(pageOption())
      .addHelpText(
        "after",
        `${examples(["npx plimsoll report latest", "The newest run in ./runs, also one that was killed:"], ["npx plimsoll report latest --json", "The same for a program:"])}\n\nThe exit code is 0 when the folder could be read, whatever the verdict was.`,
      );
  },
  async run(call) {
    const { args, command, io, color } = call;
    const { runs, json, summary: mode, page } = command.opts<Flags>();
    const [{ concludeRun, summarise }, { renderSummary, topReasons, wantsColor }] = await Promise.all([
      import("../../analyse/index.ts"),
      import("../../report/index.ts"),
    ]);
    const summary = await summarise(runFolder(args[0] ?? "latest", runs, io.cwd));
    const { folder } = summary.run;
    const verdict = await concludeRun(folder, summary);
    await keep(join(folder, "findings.json"), verdict, io);
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
            verdict,
          }),
    );
    if (page) tellPage(await writeRunPage(summary, verdict, io.cwd), { json }, call);
    return EXIT.held;
  },
};

/** A folder that cannot be written, such as one of an archive, is still read. */
async function keep(path: string, verdict: Verdict, io: Io): Promise<void> {
  const { writeJsonFile } = await import("../../record/index.ts");
  try {
    await writeJsonFile(path, verdict);
  } catch (error) {
    io.err(`${path} was not written: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** Loaded only for a run in which something was planted. */
async function plantable({ run }: Summary): Promise<NonNullable<SummaryOptions["weaknesses"]>> {
  if ((run.simulated?.weaknesses ?? []).length === 0) return [];
  return (await import("../../twin/index.ts")).WEAKNESSES;
}
