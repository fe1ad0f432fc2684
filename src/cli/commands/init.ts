import { Option } from "commander";
import { EXIT } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import { PROTOCOL_CHOICES, type ProtocolChoice } from "../protocol-choices.ts";
import { writeNew } from "../write-new.ts";

interface Flags {
  readonly protocol: ProtocolChoice;
  readonly force: boolean;
}

export const init: CommandEntry = {
  name: "init",
  summary: "write a commented plan to start from",
  define(command) {
    command
      .argument("[file]", "where to write it", "plan.yaml")
      .addOption(
        new Option("--protocol <name>", "what the target speaks").choices(PROTOCOL_CHOICES).default("openai-chat"),
      )
      .option("--force", "overwrite the file", false)
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll init", "A plan for an OpenAI-compatible server, in plan.yaml:"],
          ["npx plimsoll init --protocol http-sse chat.yaml", "A plan for an endpoint of your own that streams:"],
        ),
      );
  },
  async run({ command, io }) {
    const { protocol, force } = command.opts<Flags>();
    const { planTemplate } = await import("../../plan/index.ts");
    const file = String(command.processedArgs[0]);
    await writeNew(
      file,
      planTemplate(protocol),
      io.cwd,
      force ? undefined : "Add --force to overwrite it, or name another file.",
    );
    io.err(`Wrote ${file}. Set its target, then see what it would do: npx plimsoll check ${file}\n`);
    return EXIT.held;
  },
};
