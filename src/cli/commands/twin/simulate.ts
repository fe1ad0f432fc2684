import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Option } from "commander";
import { type Call, type CommandEntry, examples } from "../../command.ts";
import { collect, pageOption, setOption, stackSetOption, summaryOption, variableOption, whole } from "../../options.ts";

interface Flags {
  readonly plan: string;
  readonly env: readonly string[];
  readonly set: readonly string[];
  readonly stackSet: readonly string[];
  readonly weakness: readonly string[];
  readonly seed?: number;
  readonly out?: string;
  readonly folder: boolean;
  readonly page: boolean;
  readonly fastForward: boolean;
  readonly exact: boolean;
  readonly json: boolean;
  readonly summary: "full" | "compact";
}

export const simulate: CommandEntry = {
  name: "simulate",
  summary: "play a plan against a stack in virtual time, into a run folder",
  define(command) {
    command
      .argument("<stack>", "a stack's .yaml or .json file")
      .addOption(new Option("--plan <plan>", "the plan to play, as for run").makeOptionMandatory())
      .addOption(variableOption("plan and the stack"))
      .addOption(setOption())
      .addOption(stackSetOption("--stack-set"))
      .addOption(
        new Option("--weakness <name>", "plant a weakness, of those that twin weaknesses lists; repeatable")
          .default([])
          .argParser(collect),
      )
      .addOption(
        new Option("--seed <number>", "the plan's seed: same plan and seed, same sessions").argParser(whole(0)),
      )
      .option("--out <folder>", "where the run folder is made (the plan's `runs`, ./runs)")
      .option("--no-folder", "keep no run folder, only print the summary")
      .addOption(
        new Option("--fast-forward", "pass runs of equal decode steps in one jump (the default)").default(true),
      )
      .addOption(new Option("--exact", "take every engine step on its own").default(false))
      .option("--json", "print the summary as JSON, and nothing else, on standard output", false)
      .addOption(summaryOption())
      .addOption(pageOption())
      .addHelpText(
        "after",
        examples(
          [
            "npx plimsoll twin simulate examples/stacks/demo.yaml --plan examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400",
            "The demo's users on its stack, without a server (the plan wants a URL, and it is not used):",
          ],
          [
            "npx plimsoll twin simulate examples/stacks/demo.yaml --plan examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400 --stack-set parts.llm.replicas=2 --no-folder",
            "The same with twice the replicas, only to look at:",
          ],
        ) +
          "\n\nThe exit code says how it ended, as after run: 0 all held, 99 a threshold was crossed, others in docs/EXIT-CODES.md.",
      );
  },
  async run(call) {
    const flags = call.command.opts<Flags>();
    if (flags.folder) return play(call, flags, flags.out);
    const scratch = await mkdtemp(join(tmpdir(), "plimsoll-simulate-"));
    try {
      return await play(call, flags, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function play(call: Call, flags: Flags, out: string | undefined): Promise<number> {
  const [{ readPlan }, { applyWeaknesses, readStack }, { conductSimulation }] = await Promise.all([
    import("../../../plan/index.ts"),
    import("../../../twin/index.ts"),
    import("../../simulation.ts"),
  ]);
  const { io } = call;
  const given = { vars: flags.env, env: io.env, cwd: io.cwd };
  const set = [...flags.set];
  if (flags.seed !== undefined) set.push(`seed=${flags.seed}`);
  if (out !== undefined) set.push(`runs=${JSON.stringify(out)}`);
  const [{ plan, warnings }, read] = await Promise.all([
    readPlan(flags.plan, { ...given, set }),
    readStack(call.args[0] ?? "", { ...given, set: flags.stackSet }),
  ]);
  const stack = applyWeaknesses(read, flags.weakness);
  const summary = await conductSimulation(plan, stack, warnings, { ...flags, fastForward: !flags.exact }, call);
  return summary.exitCode;
}
