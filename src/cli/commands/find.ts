import { InvalidArgumentError, Option } from "commander";
import type { Dimension, Found } from "../../analyse/index.ts";
import { deferHelperThreads, parseDuration, parseLoad, redactor } from "../../base/index.ts";
import type { StageUnit } from "../../plan/index.ts";
import type { FindOptions } from "../../run/index.ts";
import { type Call, type CommandEntry, examples } from "../command.ts";
import { calledAs } from "../conduct.ts";
import { watchInterrupts } from "../interrupts.ts";
import { ownOption, setOption, stackSetOption, variableOption, whole } from "../options.ts";

interface Flags {
  readonly vary?: Dimension;
  readonly from?: number;
  readonly to?: number;
  readonly at?: { readonly value: number; readonly unit: StageUnit };
  readonly within: number;
  readonly probes: number;
  readonly for?: number;
  readonly warmUp?: number;
  readonly pause?: number;
  readonly simulate?: string;
  readonly stackSet: readonly string[];
  readonly env: readonly string[];
  readonly set: readonly string[];
  readonly seed?: number;
  readonly out?: string;
  readonly json: boolean;
  readonly iOwnThisTarget: boolean;
}

const DIMENSION_NAMES: readonly Dimension[] = ["rate", "users", "prompt-tokens", "max-tokens", "turns"];

export const find: CommandEntry = {
  name: "find",
  summary: "search for the highest load that meets a plan's thresholds",
  define(command) {
    command
      .argument("<plan>", "a .yaml, .json or .ts file, or - for standard input")
      .addOption(new Option("--vary <what>", "what grows (the unit of the plan's load)").choices(DIMENSION_NAMES))
      .addOption(new Option("--from <load>", "the least load, tried first").argParser(amount))
      .addOption(new Option("--to <load>", "the highest load that may be tried").argParser(amount))
      .addOption(
        new Option("--at <load>", "the load of every probe, where it is not what grows: 2/s, 20 users").argParser(
          level,
        ),
      )
      .addOption(new Option("--within <share>", "how near the answer has to be").argParser(share).default(0.05, "5%"))
      .addOption(new Option("--probes <number>", "at most so many").argParser(whole(1)).default(12, "12"))
      .addOption(
        new Option("--for <time>", "how long a doubtful probe is measured (2m; 15m simulated)").argParser(time),
      )
      .addOption(
        new Option("--warm-up <time>", "the same load before that, which does not count (a quarter of it)").argParser(
          time,
        ),
      )
      .addOption(new Option("--pause <time>", "silence between probes (2s; none simulated)").argParser(time))
      .addOption(new Option("--simulate <stack>", "simulate every probe on a stack's .yaml file, in virtual time"))
      .addOption(stackSetOption("--stack-set"))
      .addOption(variableOption("plan and the stack"))
      .addOption(setOption())
      .addOption(new Option("--seed <number>", "same plan and seed, same load").argParser(whole(0)))
      .option("--out <folder>", "where the search's folder is made (the plan's `runs`, ./runs)")
      .option("--json", "print find.json, and nothing else, on standard output", false)
      .addOption(ownOption())
      .addHelpText(
        "after",
        examples(
          [
            "npx plimsoll find examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400 --for 30s",
            "How many sessions a second the demo's server carries (`npx plimsoll demo --serve` starts it):",
          ],
          [
            "npx plimsoll find examples/demo.yaml -e DEMO_URL=http://127.0.0.1:8400 --simulate examples/stacks/demo.yaml --vary prompt-tokens",
            "The same for the length of a question, on the model of that server:",
          ],
        ) +
          "\n\nThe exit code is 0 when the search came to its end, 99 when a limit is broken at the least load already, others in docs/EXIT-CODES.md.",
      );
  },
  async run(call) {
    const flags = call.command.opts<Flags>();
    const found = await search(call, flags);
    return found.exitCode;
  },
};

async function search(call: Call, flags: Flags): Promise<Found> {
  const { io, quiet, color } = call;
  deferHelperThreads();
  const [{ readPlan }, { find: look }, report] = await Promise.all([
    import("../../plan/index.ts"),
    import("../../run/index.ts"),
    import("../../report/index.ts"),
  ]);
  const given = { vars: flags.env, env: io.env, cwd: io.cwd };
  const set = [...flags.set];
  if (flags.seed !== undefined) set.push(`seed=${flags.seed}`);
  if (flags.out !== undefined) set.push(`runs=${JSON.stringify(flags.out)}`);
  const { plan, warnings } = await readPlan(call.args[0] ?? "-", { ...given, set });
  for (const secret of plan.secrets) io.secrets.add(secret);
  const redact = redactor(plan.secrets);
  const view = report.createFindView(
    { write: (text) => io.err(redact(text)) },
    { interactive: !quiet && report.canRedraw(io.errTerminal), columns: io.errTerminal.columns },
  );
  const interrupts = watchInterrupts((text) => view.note(text));
  for (const { message, hint } of warnings) view.note(`warning: ${message}${hint === undefined ? "" : ` ${hint}`}`);
  let folder = "";
  try {
    const found = await look(plan, {
      ...chosen(flags),
      ...(flags.simulate === undefined
        ? {}
        : {
            simulate: await (await import("../../twin/index.ts")).readStack(flags.simulate, {
              ...given,
              set: flags.stackSet,
            }),
          }),
      ...(quiet ? {} : { onProbe: view.begin, onProbed: view.end, onProgress: view.update }),
      onFolder: (path) => {
        folder = path;
      },
      stop: interrupts.stop,
      kill: interrupts.kill,
      calledAs: redact(`plimsoll ${calledAs(process.argv.slice(2)).join(" ")}`),
    });
    view.stop();
    io.out(
      redact(
        flags.json
          ? `${JSON.stringify(found, null, 2)}\n`
          : report.renderFind(found, {
              width: io.outTerminal.columns(),
              color: report.wantsColor(io.outTerminal, color),
              folder,
              cwd: io.cwd,
            }),
      ),
    );
    return found;
  } finally {
    view.stop();
    interrupts.close();
  }
}

/** The options of the search; what was not given stays away. */
function chosen(flags: Flags): FindOptions {
  const { vary, from, to, at, within, probes, warmUp, pause, iOwnThisTarget } = flags;
  return {
    within,
    probes,
    iOwnThisTarget,
    ...(vary === undefined ? {} : { vary }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(at === undefined ? {} : { at }),
    ...(flags.for === undefined ? {} : { probeTime: flags.for }),
    ...(warmUp === undefined ? {} : { warmUp }),
    ...(pause === undefined ? {} : { pause }),
  };
}

function amount(text: string): number {
  const value = parseLoad(text)?.value ?? Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("It has to be a number above zero, as 2, 2/s or 20 users.");
}

function level(text: string): { value: number; unit: StageUnit } {
  const load = parseLoad(text);
  if (load !== undefined && load.unit !== "x" && load.value > 0) return { value: load.value, unit: load.unit };
  throw new InvalidArgumentError("Write it as 2/s or 20 users.");
}

function share(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  const value = Number(match?.[1]) / (match?.[2] === "%" ? 100 : 1);
  if (value > 0 && value <= 0.5) return value;
  throw new InvalidArgumentError("It has to be a share above 0 and at most 50%, as 5%.");
}

function time(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError("Write it as 30s or 2m.");
}
