import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { EXIT, formatNumber } from "../../base/index.ts";
import type { Weakness } from "../../twin/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import type { Conducted, ConductFlags } from "../conduct.ts";
import type { Io } from "../io.ts";
import { pageOption, summaryOption, whole } from "../options.ts";

interface Flags extends Omit<ConductFlags, "iOwnThisTarget"> {
  readonly fast: boolean;
  readonly serve: boolean;
  readonly port: number;
}

const example = (file: string): string => fileURLToPath(new URL(`../../../examples/${file}`, import.meta.url));

export const DEMO_PLAN = example("demo.yaml");
const DEMO_STACK = example("stacks/demo.yaml");
/** What is wrong with the demo's stack, on purpose: the plan's ramp and spike show it. */
const PLANTED = "kv-too-small";
/** The kind of finding that names it. */
const GIVES_WAY = "bottleneck.kv-cache";

/** The port that the examples of the help name. */
const PORT = 8400;

/** The demo's stages, cut to a quarter; what is too much for the memory has less time to fill it, so more comes. */
export const FAST = [
  "stages[0].rest=1s",
  "stages[1].steady=2s",
  "stages[2].ramp=3s",
  "stages[3].steady=5s",
  "stages[4].recovery=4s",
  "expect.peak=24 sessions/s",
  "stages[1].at=0.15x",
  "stages[2].from=0.15x",
];

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Ends that a demonstration may have: its plan crosses a threshold on purpose. */
const SHOWN: readonly number[] = [EXIT.held, EXIT.thresholdCrossed, EXIT.generatorLimited];

export const demo: CommandEntry = {
  name: "demo",
  summary: "load a model of a server with a weakness planted, for one minute",
  define(command) {
    command
      .option("--fast", "a quarter of a minute instead", false)
      .addOption(
        new Option("--serve", "only start the demo's server, until Ctrl-C").default(false).conflicts(["fast", "json"]),
      )
      .addOption(
        new Option("--port <number>", "with --serve, the port; 0 is any free one")
          .argParser(whole(0))
          .default(PORT, String(PORT))
          .implies({ serve: true }),
      )
      .option("--json", "print the summary as JSON, and nothing else, on standard output", false)
      .addOption(summaryOption())
      .addOption(pageOption())
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll demo", "One minute, to past what the server carries and back:"],
          ["npx plimsoll demo --fast", "Fifteen seconds of load instead, too short for the recovery to pass:"],
          ["npx plimsoll demo --serve", "Only its server, to try other commands on:"],
        ),
      );
  },
  async run(call) {
    const { io, quiet, command } = call;
    const flags = command.opts<Flags>();
    if (flags.serve) return serve(flags.port, call.io);
    const [{ readPlan }, { spawnTwin, WEAKNESSES }, { conduct }, { wrap }] = await Promise.all([
      import("../../plan/index.ts"),
      import("../../twin/index.ts"),
      import("../conduct.ts"),
      import("../../report/index.ts"),
    ]);
    const width = Math.min(100, io.errTerminal.columns());
    // A command stays whole, to be copied.
    const told = (text: string): string =>
      text
        .split("\n")
        .flatMap((line) => (line.startsWith("  ") ? [line] : wrap(line, width)))
        .join("\n");
    const weakness = named(WEAKNESSES);
    const twin = await spawnTwin([DEMO_STACK, "--weakness", PLANTED]);
    let pushedOut: number | undefined;
    let conducted: Conducted | undefined;
    try {
      if (!quiet) io.err(`${told(welcome(twin.url, weakness))}\n`);
      const { plan, warnings } = await readPlan(DEMO_PLAN, {
        env: io.env,
        cwd: io.cwd,
        vars: [`DEMO_URL=${twin.url}`],
        set: flags.fast ? FAST : [],
      });
      conducted = await conduct(plan, warnings, { ...flags, iOwnThisTarget: false }, call);
      pushedOut = await counted(twin.url, PREEMPTIONS);
    } finally {
      const said = await twin.stop();
      const late = said.split("\n").filter((line) => line.includes(LATENESS) || line.includes(PARTLY_LATE));
      if (!quiet && late.length > 1)
        io.err(`\n${told(`The twin itself, the application of this demo, says: ${late.join(" ")}`)}\n`);
    }
    const exitCode = conducted.summary.exitCode;
    if (!SHOWN.includes(exitCode)) return exitCode;
    if (!quiet) io.err(`\n${told(`${farewell(weakness, pushedOut, exitCode, io.cwd)}${concluded(conducted)}`)}\n`);
    return EXIT.held;
  },
};

/** vLLM's name for running requests that were put back for lack of memory. */
const PREEMPTIONS = "vllm:num_preemptions_total";
/** How a twin begins to tell how late it was. */
const LATENESS = "Its writes left";
/** Words of a twin that owns up to having been late itself. */
const PARTLY_LATE = "partly this machine's";

function named(weaknesses: readonly Weakness[]): Weakness {
  const found = weaknesses.find(({ name }) => name === PLANTED);
  if (found === undefined) throw new Error(`the weakness ${PLANTED} is gone`);
  return found;
}

function welcome(url: string, weakness: Weakness): string {
  return (
    `A twin of a small serving stack listens at ${url}: a model of an engine, no GPU.\n` +
    `Planted in it: ${weakness.name}. ${weakness.title}`
  );
}

function farewell(weakness: Weakness, pushedOut: number | undefined, exitCode: number, cwd: string): string {
  const [stack, plan] = [DEMO_STACK, DEMO_PLAN].map((file) => near(file, cwd));
  const seen =
    pushedOut === undefined
      ? ""
      : ` Its engine pushed ${formatNumber(pushedOut)} running answers out of memory (${PREEMPTIONS}).`;
  const lines = [
    `What was planted: ${weakness.name}. It shows as ${weakness.shows}.${seen}`,
    "The same users on the same stack without it, in virtual time:",
    `  npx plimsoll twin simulate ${stack} --plan ${plan} -e DEMO_URL=http://127.0.0.1:${PORT}`,
  ];
  if (exitCode !== EXIT.held)
    lines.push(`As a test this would end with exit code ${exitCode}; a demonstration ends with 0.`);
  return lines.join("\n");
}

/** What the report says gives way first, and whether that is what was planted; the verdict itself stands right above. */
function concluded({ verdict, summary: { generator } }: Conducted): string {
  // A late generator hides what was planted: there is nothing to be right or wrong about.
  if (verdict === undefined || generator.limited) return "";
  const first = verdict.findings.find(({ id }) => id === verdict.bottleneck?.first);
  if (first === undefined) return "\nWhat gives way first it cannot tell.";
  return `\nFirst to give way: ${first.title} ${first.kind === GIVES_WAY ? "That is what was planted." : `What was planted is ${PLANTED}.`}`;
}

/** A file as a person in this folder would name it. */
function near(file: string, cwd: string): string {
  const way = relative(cwd, file);
  return way.startsWith("..") ? file : way;
}

/** A counter of the twin's metrics page, summed over its engines; undefined where the page has none. */
async function counted(url: string, name: string): Promise<number | undefined> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const values = page.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return values.length === 0
    ? undefined
    : values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** The demo's server alone, until Ctrl-C or SIGTERM. */
async function serve(port: number, io: Io): Promise<number> {
  const { applyWeaknesses, readStack, serveTwin } = await import("../../twin/index.ts");
  const twin = await serveTwin({
    spec: applyWeaknesses(await readStack(DEMO_STACK, { env: io.env, cwd: io.cwd }), [PLANTED]),
    host: "127.0.0.1",
    port,
    tell: (text) => io.err(`${text}\n`),
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      for (const signal of SIGNALS) process.off(signal, end);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, end);
  });
  io.out(
    `The demo's server listens at ${twin.url}, until Ctrl-C; ${PLANTED} is planted in it. In another terminal, try:\n` +
      `  npx plimsoll quick ${twin.url}\n` +
      `  npx plimsoll quick ${twin.url} --rate 12/s --slo 'ttft.p95 < 800ms'\n`,
  );
  await ended;
  await twin.close();
  return EXIT.held;
}
