import { InvalidArgumentError, Option } from "commander";
import { EXIT, PlimsollError, parseDuration } from "../../../base/index.ts";
import { type CommandEntry, examples } from "../../command.ts";
import { watchInterrupts } from "../../interrupts.ts";
import { header, ownOption, whole } from "../../options.ts";
import { mustBeNew, writeNew } from "../../write-new.ts";

interface Flags {
  readonly model?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly budget: number;
  readonly requests: number;
  readonly tokens: number;
  readonly maxPrompt: number;
  readonly seed: number;
  readonly out?: string;
  readonly json: boolean;
  readonly iOwnThisTarget: boolean;
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined && value >= 1000) return value;
  throw new InvalidArgumentError("Write it as 90s or 5m; at least 1s.");
}

function interrupted(how: string, file: string | undefined): PlimsollError {
  return new PlimsollError(
    {
      code: "PROBE_INTERRUPTED",
      message: `The probe was ${how}.`,
      hint:
        file === undefined
          ? "Probe again; --out keeps what was measured."
          : `Probe again for the others; ${file} holds what was measured, and says that it is incomplete.`,
    },
    EXIT.interrupted,
  );
}

/** A fit needs what was not measured. */
function incomplete(lacking: readonly string[]): PlimsollError {
  return new PlimsollError(
    {
      code: "PROBE_INCOMPLETE",
      message: `The probe did not measure what a fit needs: ${lacking.join(", and ")}.`,
      hint: "Mend what the notes name (a larger --budget, --requests or --tokens, a shorter --max-prompt), and probe again.",
    },
    EXIT.planInvalid,
  );
}

export const probe: CommandEntry = {
  name: "probe",
  summary: "designed experiments on a live engine, for twin fit",
  define(command) {
    command
      .argument("<url>", "an OpenAI-compatible server that nobody else uses meanwhile")
      .option("--model <name>", "the model to ask for (the first that the server lists)")
      .addOption(new Option("--header <name: value>", "a request header; repeatable").default({}).argParser(header))
      .addOption(
        new Option("--budget <duration>", "the longest that it may take").argParser(duration).default(300_000, "5m"),
      )
      .addOption(new Option("--requests <number>", "the most that it may send").argParser(whole(8)).default(600, "600"))
      .addOption(
        new Option("--tokens <number>", "the most that it may use, in and out")
          .argParser(whole(200))
          .default(400_000, "400000"),
      )
      .addOption(new Option("--max-prompt <tokens>", "longest prompt").argParser(whole(32)).default(4096, "4096"))
      .addOption(
        new Option("--seed <number>", "of the prompts' words")
          .argParser(whole(0))
          .default(Date.now() % 2 ** 31, "another each time"),
      )
      .option("--out <file>", "write what was measured, for twin fit")
      .option("--json", "print what was measured as JSON", false)
      .addOption(ownOption())
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll twin probe http://127.0.0.1:8000 --out probe.json", "Experiments for at most five minutes:"],
          ["npx plimsoll twin fit probe.json --out engine.yaml", "The engine that they show:"],
        ),
      );
  },
  async run({ args, command, io, color, quiet }) {
    const flags = command.opts<Flags>();
    for (const value of Object.values(flags.header)) io.secrets.add(value);
    if (flags.out !== undefined) mustBeNew(flags.out, io.cwd);
    const [{ findingsOf, probeEngine }, { renderProbe, wantsColor }] = await Promise.all([
      import("../../../twin/index.ts"),
      import("../../../report/index.ts"),
    ]);
    const interrupts = watchInterrupts(() => io.err("Interrupted: what was measured is kept.\n"));
    const result = await probeEngine({
      url: args[0] ?? "",
      headers: flags.header,
      iOwnThisTarget: flags.iOwnThisTarget,
      budget: { ms: flags.budget, requests: flags.requests, tokens: flags.tokens },
      maxPrompt: flags.maxPrompt,
      seed: flags.seed,
      tell: (text) => {
        if (!quiet) io.err(`${text}\n`);
      },
      ...(flags.model === undefined ? {} : { model: flags.model }),
      stop: interrupts.stop,
    }).finally(() => interrupts.close());
    if (flags.out !== undefined)
      await writeNew(flags.out, `${JSON.stringify(result.file)}\n`, io.cwd, "Name another file.");
    const findings = findingsOf(result.file);
    io.out(
      flags.json
        ? `${JSON.stringify(result.file, null, 2)}\n`
        : renderProbe(result, findings, {
            width: io.outTerminal.columns(),
            color: wantsColor(io.outTerminal, color),
          }),
    );
    const lacking = [
      ...(findings.firstToken === undefined ? ["first token by prompt length"] : []),
      ...(findings.idleGap === undefined ? ["gaps of a single stream"] : []),
    ];
    const { incomplete: why } = result.file;
    if (flags.out !== undefined && !flags.json)
      io.out(`\nWrote ${flags.out}${lacking.length > 0 ? "." : `: npx plimsoll twin fit ${flags.out}`}\n`);
    if (why !== undefined) throw interrupted(why, flags.out);
    if (lacking.length > 0) throw incomplete(lacking);
    return EXIT.held;
  },
};
