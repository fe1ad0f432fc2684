import { InvalidArgumentError, Option } from "commander";
import { EXIT, parseDuration } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import { setOption, variableOption } from "../options.ts";

interface Flags {
  readonly env: readonly string[];
  readonly set: readonly string[];
  readonly answerTime: number;
  readonly json: boolean;
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value <= 0) throw new InvalidArgumentError("Write a duration such as 5s or 800ms.");
  return value;
}

export const check: CommandEntry = {
  name: "check",
  summary: "say what a plan would do, without sending anything",
  define(command) {
    command
      .argument("<plan>", "a .yaml, .json or .ts file, or - for standard input")
      .addOption(variableOption())
      .addOption(setOption())
      .addOption(
        new Option("--answer-time <duration>", "how long an answer is taken to last")
          .argParser(duration)
          .default(5_000, "5s"),
      )
      .option("--json", "print it as JSON", false)
      .addHelpText(
        "after",
        examples(
          [
            "npx plimsoll demo --serve",
            "In one terminal, the small server that the demo uses; check itself sends nothing:",
          ],
          ["npx plimsoll check examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400", "What the demo would do:"],
          ["npx plimsoll check examples/plan.ts --answer-time 2s", "A plan in TypeScript, for answers of two seconds:"],
        ),
      );
  },
  async run({ args, command, io, color }) {
    const flags = command.opts<Flags>();
    const [{ publicPlan, readPlan }, { loadWorkload }, report] = await Promise.all([
      import("../../plan/index.ts"),
      import("../../workload/index.ts"),
      import("../../report/index.ts"),
    ]);
    const { plan, warnings, defaults } = await readPlan(args[0] ?? "-", {
      set: flags.set,
      vars: flags.env,
      env: io.env,
      cwd: io.cwd,
    });
    for (const secret of plan.secrets) io.secrets.add(secret);
    const workload = loadWorkload(plan);
    const estimate = report.estimate(plan, workload, flags.answerTime);
    const asked = {
      prompts: workload.prompts,
      lengths: await report.reachedLengths(workload),
      reuse: report.prefixReuse(workload, estimate.sessions),
    };
    const found = report.checkReport(
      publicPlan(plan),
      estimate,
      asked,
      defaults,
      [...warnings, ...report.fewSamples(plan, workload, flags.answerTime)],
      report.replayReports(plan),
    );
    io.out(
      flags.json
        ? `${JSON.stringify(found, null, 2)}\n`
        : report.renderCheck(found, {
            width: io.outTerminal.columns(),
            color: report.wantsColor(io.outTerminal, color),
          }),
    );
    return EXIT.held;
  },
};
