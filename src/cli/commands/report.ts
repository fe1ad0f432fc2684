import { join } from "node:path";
import type { Summary, Verdict } from "../../analyse/index.ts";
import { EXIT, PlimsollError } from "../../base/index.ts";
import type { SummaryOptions } from "../../report/index.ts";
import { addCiOptions, type CiFlags, wantsCi, writeCi } from "../ci.ts";
import { type Call, type CommandEntry, examples } from "../command.ts";
import { tellPage } from "../conduct.ts";
import type { Io } from "../io.ts";
import { pageOption, runsOption, summaryOption } from "../options.ts";
import { writeRunPage } from "../page.ts";
import { runFolder } from "../run-folder.ts";

interface Flags extends CiFlags {
  readonly runs: string;
  readonly json: boolean;
  readonly summary: "full" | "compact";
  readonly page: boolean;
  readonly stack?: string;
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
      .option("--stack <stack>", "a stack's file, a twin of the target: simulate what each piece of advice would gain");
    addCiOptions(command);
    command.addHelpText(
      "after",
      `${examples(["npx plimsoll report latest", "The newest run in ./runs, also one that was killed:"], ["npx plimsoll report latest --json", "The same for a program:"])}\n\nThe exit code is 0 when the folder could be read, whatever the verdict was.`,
    );
  },
  async run(call) {
    const { args, command, io, color } = call;
    const flags = command.opts<Flags>();
    const { runs, json, summary: mode, page, stack } = flags;
    const [{ concludeRun, summarise }, { ciOfRun, renderSummary, topReasons, wantsColor }] = await Promise.all([
      import("../../analyse/index.ts"),
      import("../../report/index.ts"),
    ]);
    const summary = await summarise(runFolder(args[0] ?? "latest", runs, io.cwd));
    const { folder } = summary.run;
    const concluded = await concludeRun(folder, summary);
    const verdict = stack === undefined ? concluded : await tried(concluded, folder, stack, call);
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
    if (wantsCi(flags, io)) await writeCi(ciOfRun(summary, verdict), flags, io, join(folder, "plan.json"));
    return EXIT.held;
  },
};

/** The verdict with what its advice gains on a twin of the target, under the run's own plan. */
async function tried(verdict: Verdict, folder: string, file: string, { io }: Call): Promise<Verdict> {
  const [{ planOfRun }, { readManifest }, { simulatedGains }, { readStack }] = await Promise.all([
    import("../../plan/index.ts"),
    import("../../record/index.ts"),
    import("../../run/index.ts"),
    import("../../twin/index.ts"),
  ]);
  const [manifest, stack] = await Promise.all([readManifest(folder), readStack(file, { env: io.env, cwd: io.cwd })]);
  const plan = planOfRun(manifest, manifest.run.hash);
  if (plan === undefined) {
    throw new PlimsollError(
      {
        code: "RUN_PLAN_UNKNOWN",
        file: join(folder, "plan.json"),
        message: "The plan of this run cannot be read back: it does not match the hash that the run wrote down.",
        hint: "Leave out --stack, or run the plan again with this version.",
      },
      EXIT.planInvalid,
    );
  }
  return simulatedGains(verdict, plan, stack);
}

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
