import { Argument } from "commander";
import { EXIT } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";

const SCHEMAS: Readonly<Record<string, () => Promise<object>>> = {
  plan: async () => (await import("../../plan/index.ts")).planJsonSchema(),
  stack: async () => (await import("../../twin/index.ts")).stackJsonSchema(),
  grafana: async () => (await import("../../observe/index.ts")).grafanaDashboard(),
  findings: async () => (await import("../../analyse/index.ts")).findingsJsonSchema(),
  find: async () => (await import("../../analyse/index.ts")).foundJsonSchema(),
  compare: async () => (await import("../../analyse/index.ts")).comparisonJsonSchema(),
  summary: async () => {
    const [{ z }, { summarySchema }] = await Promise.all([import("zod"), import("../../analyse/index.ts")]);
    return z.toJSONSchema(summarySchema);
  },
};

export const schema: CommandEntry = {
  name: "schema",
  summary: "print the JSON Schema of a plan, a stack or a result, or a dashboard for Grafana",
  define(command) {
    command
      .addArgument(new Argument("[what]", "which one").choices(Object.keys(SCHEMAS)).default("plan"))
      .addHelpText(
        "after",
        examples(
          [
            "npx plimsoll schema > plan.schema.json",
            "For an editor; name it in a plan's first line: # yaml-language-server: $schema=plan.schema.json",
          ],
          ["npx plimsoll schema stack", "The same for a stack of the twin:"],
          ["npx plimsoll schema summary", "What `run --json` prints; find, compare and findings are there, too:"],
          [
            "npx plimsoll schema grafana > plimsoll.json",
            "A dashboard of what a plan's `export` tells while it runs; import it in Grafana:",
          ],
        ),
      );
  },
  async run({ command, io }) {
    const make = SCHEMAS[String(command.processedArgs[0])];
    io.out(`${JSON.stringify(await make?.(), null, 2)}\n`);
    return EXIT.held;
  },
};
