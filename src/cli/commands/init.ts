import { Option } from "commander";
import { EXIT } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import type { Io } from "../io.ts";
import { PROTOCOL_CHOICES, type ProtocolChoice } from "../protocol-choices.ts";
import { writeNew } from "../write-new.ts";

interface Flags {
  readonly protocol: ProtocolChoice;
  readonly from?: string;
  readonly force: boolean;
}

/** What was left out of a file, beyond which the plan's own list is named. */
const MOST_SHOWN = 12;

export const init: CommandEntry = {
  name: "init",
  summary:
    "write a commented plan to start from, or make one of a HAR, an OpenAPI document, curl, Artillery, k6, Locust",
  define(command) {
    command
      .argument("[file]", "where to write it", "plan.yaml")
      .addOption(
        new Option("--protocol <name>", "what the target speaks").choices(PROTOCOL_CHOICES).default("openai-chat"),
      )
      .addOption(
        new Option(
          "--from <file>",
          "make the plan of this file, recognised by its content; - is standard input",
        ).conflicts("protocol"),
      )
      .option("--force", "overwrite the file", false)
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll init", "A plan for an OpenAI-compatible server, in plan.yaml:"],
          ["npx plimsoll init --protocol http-sse chat.yaml", "A plan for an endpoint of your own that streams:"],
          ["npx plimsoll init --from session.har", "A plan of what a browser recorded; no secret of it is written:"],
        ),
      );
  },
  async run({ command, io }) {
    const { protocol, from, force } = command.opts<Flags>();
    const file = String(command.processedArgs[0]);
    const whenThere = force ? undefined : "Add --force to overwrite it, or name another file.";
    if (from !== undefined) return initFrom(from, file, whenThere, io);
    const { planTemplate } = await import("../../plan/index.ts");
    await writeNew(file, planTemplate(protocol), io.cwd, whenThere);
    io.err(`Wrote ${file}. Set its target, then see what it would do: npx plimsoll check ${file}\n`);
    return EXIT.held;
  },
};

async function initFrom(from: string, file: string, whenThere: string | undefined, io: Io): Promise<number> {
  const { planFrom, readSource } = await import("../../run/index.ts");
  const name = from === "-" ? "standard input" : from;
  const { yaml, what, left, variables } = await planFrom(name, await readSource(from, io.cwd));
  await writeNew(file, yaml, io.cwd, whenThere);
  const set = variables.map((variable) => ` -e ${variable}=...`).join("");
  const lines = [`Wrote ${file} from ${what}. See what it would do: npx plimsoll check ${file}${set}`];
  if (left.length > 0) {
    lines.push("Not carried over:", ...left.slice(0, MOST_SHOWN).map((line) => `  ${line}`));
    if (left.length > MOST_SHOWN) lines.push(`  ${left.length - MOST_SHOWN} more; the end of ${file} lists them`);
  }
  io.err(`${lines.join("\n")}\n`);
  return EXIT.held;
}
