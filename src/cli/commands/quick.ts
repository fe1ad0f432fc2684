import { Option } from "commander";
import { type CommandEntry, examples } from "../command.ts";
import type { ConductFlags } from "../conduct.ts";
import {
  collect,
  header,
  metricsPortOption,
  metricsPortSet,
  ownOption,
  pageOption,
  summaryOption,
  whole,
} from "../options.ts";
import { PROTOCOL_CHOICES, type ProtocolChoice } from "../protocol-choices.ts";
import { writeNew } from "../write-new.ts";

interface Flags extends ConductFlags {
  readonly model?: string;
  readonly rate?: string;
  readonly users?: number;
  readonly for?: string;
  readonly prompt: readonly string[];
  readonly protocol?: ProtocolChoice;
  readonly header: Readonly<Record<string, string>>;
  readonly maxTokens?: number;
  readonly slo: readonly string[];
  readonly save?: string;
  readonly metricsPort?: number;
}

export const quick: CommandEntry = {
  name: "quick",
  summary: "test a URL without a plan: find out what speaks there, and load it",
  define(command) {
    command
      .argument("<url>", "an OpenAI-compatible server, Ollama, or an endpoint of your own")
      .option("--model <name>", "the model to ask for (the first that the server lists)")
      .addOption(new Option("--rate <load>", "sessions started in a time: 5/s, 90/m (3/s)").conflicts("users"))
      .addOption(
        new Option("--users <number>", "that many users instead, each asking one question after another").argParser(
          whole(1),
        ),
      )
      .option("--for <duration>", "how long (30s)")
      .addOption(
        new Option("--prompt <text>", "what to ask; repeatable (a mixed set that ships with Plimsoll)")
          .default([])
          .argParser(collect),
      )
      .addOption(new Option("--protocol <name>", "look for this one only").choices(PROTOCOL_CHOICES))
      .addOption(new Option("--header <name: value>", "a request header; repeatable").default({}).argParser(header))
      .addOption(new Option("--max-tokens <number>", "output tokens to ask for at most").argParser(whole(1)))
      .addOption(
        new Option("--slo <limit>", "a threshold: 'ttft.p95 < 800ms'; repeatable").default([]).argParser(collect),
      )
      .option("--save <file>", "write the plan that this stands for")
      .option("--json", "print the summary as JSON, and nothing else, on standard output", false)
      .addOption(metricsPortOption())
      .addOption(summaryOption())
      .addOption(pageOption())
      .addOption(ownOption())
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll demo --serve", "In one terminal, the small server that the demo uses:"],
          ["npx plimsoll quick http://127.0.0.1:8400", "In another, half a minute of three questions a second:"],
          [
            "npx plimsoll quick http://127.0.0.1:8400 --users 8 --for 30s --slo 'ttft.p90 < 500ms' --save plan.yaml",
            "Eight users, a limit, and a plan to keep:",
          ],
        ),
      );
  },
  async run(call) {
    const { io, quiet, args, command } = call;
    const flags = command.opts<Flags>();
    for (const value of Object.values(flags.header)) io.secrets.add(value);
    const say = (text: string): void => {
      if (!quiet) io.err(`${text}\n`);
    };
    const [
      { planToYaml, resolvePlan },
      { probe, QUICK_DEFAULTS, quickPlan },
      { describeQuick, plainBlock },
      { conduct },
    ] = await Promise.all([
      import("../../plan/index.ts"),
      import("../../run/index.ts"),
      import("../../report/index.ts"),
      import("../conduct.ts"),
    ]);
    const found = await probe(args[0] ?? "", {
      headers: flags.header,
      iOwnThisTarget: flags.iOwnThisTarget,
      ...(flags.protocol === undefined ? {} : { protocol: flags.protocol }),
      ...(flags.prompt[0] === undefined ? {} : { prompt: flags.prompt[0] }),
    });
    const { prompt: prompts, header: headers, ...rest } = flags;
    const { input, vars, chosenModel } = quickPlan(found, { ...rest, prompts, headers });
    const yaml = planToYaml(input);
    say(describeQuick({ ...found, ...(chosenModel === undefined ? {} : { chosenModel }) }, flags, QUICK_DEFAULTS));
    if (flags.save === undefined)
      say(`The plan that this stands for (--save plan.yaml keeps it):\n\n${plainBlock(yaml.trimEnd())}\n`);
    const { plan, warnings } = resolvePlan(input, {
      vars,
      env: io.env,
      cwd: io.cwd,
      set: metricsPortSet(flags.metricsPort),
    });
    if (flags.save !== undefined) {
      await writeNew(flags.save, yaml, io.cwd, "Name another file.");
      say(
        `Saved the plan as ${flags.save}.${vars.length === 0 ? "" : ` Set ${vars.map((text) => text.replace(/=.*$/s, "")).join(", ")} before it is run.`}\n`,
      );
    }
    return (await conduct(plan, warnings, flags, call)).summary.exitCode;
  },
};
