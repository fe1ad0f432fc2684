import { fileURLToPath } from "node:url";
import { EXIT } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import type { ConductFlags } from "../conduct.ts";
import { summaryOption } from "../options.ts";

interface Flags extends Omit<ConductFlags, "iOwnThisTarget"> {
  readonly fast: boolean;
}

export const DEMO_PLAN = fileURLToPath(new URL("../../../examples/demo.yaml", import.meta.url));

/** Answers that the demo's server gives at once: few enough that the plan's ramp and spike pass them. */
const SERVER = ["--slots", "16"];

/** The demo's stages, cut to a quarter. */
export const FAST = [
  "stages[0].rest=2s",
  "stages[1].ramp=5s",
  "stages[2].steady=3s",
  "stages[3].spike=2s",
  "stages[4].recovery=3s",
];

/** Ends that a demonstration may have: its plan crosses a threshold on purpose. */
const SHOWN: readonly number[] = [EXIT.held, EXIT.thresholdCrossed, EXIT.generatorLimited];

export const demo: CommandEntry = {
  name: "demo",
  summary: "load a small server that ships with Plimsoll, for one minute",
  define(command) {
    command
      .option("--fast", "a quarter of a minute instead", false)
      .option("--json", "print the summary as JSON, and nothing else, on standard output", false)
      .addOption(summaryOption())
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll demo", "One minute, to past what the server carries and back:"],
          ["npx plimsoll demo --fast", "The same in fifteen seconds:"],
        ),
      );
  },
  async run(call) {
    const { io, quiet, command } = call;
    const flags = command.opts<Flags>();
    const [{ readPlan }, { spawnPaced }, { conduct }] = await Promise.all([
      import("../../plan/index.ts"),
      import("../../twin/index.ts"),
      import("../conduct.ts"),
    ]);
    const server = await spawnPaced(SERVER);
    try {
      if (!quiet) io.err(`A paced server listens at ${server.url}; it answers 16 at once.\n`);
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
