import { Option } from "commander";
import { addCiOptions, type CiFlags, wantsCi, writeCi } from "../ci.ts";
import { type CommandEntry, examples } from "../command.ts";
import type { ConductFlags } from "../conduct.ts";
import {
  metricsPortOption,
  metricsPortSet,
  ownOption,
  pageOption,
  setOption,
  summaryOption,
  variableOption,
  whole,
} from "../options.ts";

interface Flags extends ConductFlags, CiFlags {
  readonly env: readonly string[];
  readonly set: readonly string[];
  readonly seed?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly metricsPort?: number;
}

export const run: CommandEntry = {
  name: "run",
  summary: "run a plan and say whether its thresholds held",
  define(command) {
    command
      .argument("<plan>", "a .yaml, .json or .ts file, or - for standard input")
      .addOption(variableOption())
      .addOption(setOption())
      .addOption(new Option("--seed <number>", "same plan and seed, same load").argParser(whole(0)))
      .addOption(new Option("--workers <number>", "worker threads; 0 is one a core, less one").argParser(whole(0)))
      .option("--out <folder>", "where the run folder is made (the plan's `runs`, ./runs)")
      .option("--json", "print the summary as JSON, and nothing else, on standard output", false)
      .addOption(metricsPortOption())
      .addOption(summaryOption())
      .addOption(pageOption())
      .addOption(ownOption());
    addCiOptions(command);
    command.addHelpText(
      "after",
      `${examples(
        ["npx plimsoll demo --serve", "In one terminal, the small server that the demo uses:"],
        [
          "npx plimsoll run examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400",
          "In another, a minute of mixed users:",
        ],
        [
          "npx plimsoll run examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400 --junit junit.xml --markdown result.md",
          "For a build; in GitHub Actions the step is annotated by itself:",
        ],
        [
          "npx plimsoll run examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400 --set 'expect.peak=8 sessions/s' --json > summary.json",
          "Twice the load, for a program to read:",
        ],
      )}\n\nThe exit code says how it ended: 0 all held, 99 a threshold was crossed, others in docs/EXIT-CODES.md.`,
    );
  },
  async run(call) {
    const flags = call.command.opts<Flags>();
    const [{ readPlan }, { conduct }] = await Promise.all([import("../../plan/index.ts"), import("../conduct.ts")]);
    const set = [...flags.set, ...metricsPortSet(flags.metricsPort)];
    if (flags.seed !== undefined) set.push(`seed=${flags.seed}`);
    if (flags.workers !== undefined) set.push(`generator.workers=${flags.workers}`);
    if (flags.out !== undefined) set.push(`runs=${JSON.stringify(flags.out)}`);
    const { plan, warnings } = await readPlan(call.args[0] ?? "-", {
      set,
      vars: flags.env,
      env: call.io.env,
      cwd: call.io.cwd,
    });
    const { summary, verdict } = await conduct(plan, warnings, flags, call);
    if (wantsCi(flags, call.io)) {
      const { ciOfRun } = await import("../../report/index.ts");
      await writeCi(ciOfRun(summary, verdict), flags, call.io, call.args[0] ?? "-");
    }
    return summary.exitCode;
  },
};
