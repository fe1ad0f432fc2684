import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode, PlimsollError } from "../../base/index.ts";
import { addCiOptions, type CiFlags, wantsCi, writeCi } from "../ci.ts";
import { type Call, type CommandEntry, examples } from "../command.ts";
import { collect, runsOption } from "../options.ts";
import { runFolder } from "../run-folder.ts";

interface Flags extends CiFlags {
  readonly runs: string;
  readonly against: readonly string[];
  readonly within: number;
  readonly json: boolean;
}

const CODES: Readonly<Record<string, ExitCode>> = { worse: EXIT.thresholdCrossed };

export const compare: CommandEntry = {
  name: "compare",
  summary: "compare a run with another, or with a history of runs",
  define(command) {
    command
      .argument("[runs...]", "run folders, names or latest: the last is compared with those before it")
      .addOption(runsOption())
      .addOption(
        new Option(
          "--against <run>",
          "compare with this run, and a single other one or the latest; repeatable for a history",
        )
          .default([])
          .argParser(collect),
      )
      .addOption(
        new Option("--within <share>", "a change of at most this is called the same")
          .argParser(share)
          .default(0.05, "5%"),
      )
      .option("--json", "print the comparison as JSON, and nothing else, on standard output", false);
    addCiOptions(command);
    command.addHelpText(
      "after",
      `${examples(
        ["npx plimsoll compare runs/20260101-090000-desk runs/20260102-090000-desk", "The second with the first:"],
        [
          "npx plimsoll compare --against runs/20260101-090000-desk",
          "The newest run in ./runs with one that was kept:",
        ],
        [
          "npx plimsoll compare runs/main-1 runs/main-2 runs/main-3 runs/branch",
          "The last with a history, which tells how much runs differ by themselves:",
        ],
      )}\n\nThe exit code is 99 where anything is worse, else 0; 104 where the plans differ in what matters.`,
    );
  },
  async run(call) {
    const flags = call.command.opts<Flags>();
    const { io, color } = call;
    const [history, latest] = chosen(call, flags);
    const [{ compareRuns }, report] = await Promise.all([
      import("../../analyse/index.ts"),
      import("../../report/index.ts"),
    ]);
    const comparison = await compareRuns(history, latest, { within: flags.within });
    io.out(
      flags.json
        ? `${JSON.stringify(comparison, null, 2)}\n`
        : report.renderComparison(comparison, {
            width: io.outTerminal.columns(),
            color: report.wantsColor(io.outTerminal, color),
          }),
    );
    if (wantsCi(flags, io))
      await writeCi(report.ciOfComparison(comparison), flags, io, join(comparison.after.folder, "plan.json"));
    return CODES[comparison.word] ?? EXIT.held;
  },
};

function chosen({ args, io }: Call, { against, runs }: Flags): readonly [history: readonly string[], latest: string] {
  const folder = (name: string): string => runFolder(name, runs, io.cwd);
  const named = against.length > 0 && args.length === 0 ? ["latest"] : args;
  const latest = named.at(-1);
  const history = [...against, ...named.slice(0, -1)];
  if (latest !== undefined && history.length > 0) return [history.map(folder), folder(latest)];
  throw new PlimsollError(
    {
      code: "COMPARE_ONE_RUN",
      message: "there is nothing to compare with",
      hint: "Name two runs, or one with --against.",
    },
    EXIT.planInvalid,
  );
}

function share(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  const value = Number(match?.[1]) / (match?.[2] === "%" ? 100 : 1);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It has to be a share above 0 and below 1, as 5%.");
}
