import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import type { ConductFlags } from "../conduct.ts";
import type { Io } from "../io.ts";
import { summaryOption, whole } from "../options.ts";

interface Flags extends Omit<ConductFlags, "iOwnThisTarget"> {
  readonly fast: boolean;
  readonly serve: boolean;
  readonly port: number;
}

export const DEMO_PLAN = fileURLToPath(new URL("../../../examples/demo.yaml", import.meta.url));

/** Answers that the demo's server gives at once: few enough that the plan's ramp and spike pass them. */
const SLOTS = 16;
/** The port that the examples of the help name. */
const PORT = 8400;

/** The demo's stages, cut to a quarter. */
export const FAST = [
  "stages[0].rest=2s",
  "stages[1].ramp=5s",
  "stages[2].steady=3s",
  "stages[3].spike=2s",
  "stages[4].recovery=3s",
];

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Ends that a demonstration may have: its plan crosses a threshold on purpose. */
const SHOWN: readonly number[] = [EXIT.held, EXIT.thresholdCrossed, EXIT.generatorLimited];

export const demo: CommandEntry = {
  name: "demo",
  summary: "load a small server that ships with Plimsoll, for one minute",
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
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll demo", "One minute, to past what the server carries and back:"],
          ["npx plimsoll demo --fast", "The same in fifteen seconds:"],
          ["npx plimsoll demo --serve", "Only its server, to try other commands on:"],
        ),
      );
  },
  async run(call) {
    const { io, quiet, command } = call;
    const flags = command.opts<Flags>();
    if (flags.serve) return serve(flags.port, call.io);
    const [{ readPlan }, { spawnPaced }, { conduct }] = await Promise.all([
      import("../../plan/index.ts"),
      import("../../twin/index.ts"),
      import("../conduct.ts"),
    ]);
    const server = await spawnPaced(["--slots", String(SLOTS)]);
    try {
      if (!quiet) io.err(`A paced server listens at ${server.url}; it answers ${SLOTS} at once.\n`);
      const { plan, warnings } = await readPlan(DEMO_PLAN, {
        env: io.env,
        cwd: io.cwd,
        vars: [`DEMO_URL=${server.url}`],
        set: flags.fast ? FAST : [],
      });
      const { exitCode } = await conduct(plan, warnings, { ...flags, iOwnThisTarget: false }, call);
      if (!SHOWN.includes(exitCode)) return exitCode;
      if (!quiet && exitCode !== EXIT.held)
        io.err(`\nAs a test this would end with exit code ${exitCode}; a demonstration ends with 0.\n`);
      return EXIT.held;
    } finally {
      await server.stop();
    }
  },
};

/** The demo's server alone, until Ctrl-C or SIGTERM. */
async function serve(port: number, io: Io): Promise<number> {
  const { PACED_DEFAULTS, startPaced } = await import("../../twin/index.ts");
  const server = await startPaced({ ...PACED_DEFAULTS, slots: SLOTS, port }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError(
      {
        code: "CLI_CANNOT_LISTEN",
        message: `the demo's server cannot listen on port ${port}: ${why}`,
        hint: "Choose another port with --port; 0 is any free one.",
      },
      EXIT.planInvalid,
      { cause: error },
    );
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      for (const signal of SIGNALS) process.off(signal, end);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, end);
  });
  io.out(
    `The demo's server listens at ${server.url}, until Ctrl-C. In another terminal, try:\n` +
      `  npx plimsoll quick ${server.url}\n` +
      `  npx plimsoll quick ${server.url} --rate 12/s --slo 'ttft.p95 < 800ms'\n`,
  );
  await ended;
  await server.close();
  return EXIT.held;
}
