import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, parseDuration } from "../../../base/index.ts";
import type { FitResult } from "../../../twin/index.ts";
import { type CommandEntry, examples } from "../../command.ts";
import { watchInterrupts } from "../../interrupts.ts";
import { runsOption, whole } from "../../options.ts";
import { runFolder } from "../../run-folder.ts";
import { mustBeNew, writeNew } from "../../write-new.ts";

interface Flags {
  readonly runs: string;
  readonly requests?: string;
  readonly settings?: string;
  readonly preset?: string;
  readonly dialect?: "vllm" | "sglang" | "llamacpp";
  readonly blocks?: number;
  readonly blockSize?: number;
  readonly maxSeqs?: number;
  readonly tokenBudget?: number;
  readonly replicas?: number;
  readonly asyncScheduling?: "on" | "off";
  readonly prefixHitRate?: number;
  readonly timeUnit?: "s" | "ms";
  readonly holdout: number;
  readonly seed: number;
  readonly time: number;
  readonly out?: string;
  readonly json: boolean;
}

function share(text: string): number {
  const value = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("It has to be a share from 0 to below 1, such as 0.5 or 7.6%.");
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined && value > 0) return value;
  throw new InvalidArgumentError("Write it as 90s or 2m.");
}

export const fit: CommandEntry = {
  name: "fit",
  summary: "step times of an engine from a run, a probe or a table of requests",
  define(command) {
    command
      .argument("[run...]", "run folders, runs' names, or files that twin probe wrote")
      .addOption(runsOption())
      .option(
        "--requests <file>",
        "a table of requests, JSON Lines or CSV: arrival, tokens in and out, first and last token",
      )
      .option("--settings <file>", "the engine's settings as JSON (meta.json beside the table)")
      .option("--preset <name>", "take what is not told from this preset, and begin from its step times")
      .addOption(new Option("--dialect <name>", "whose scheduler (vllm)").choices(["vllm", "sglang", "llamacpp"]))
      .addOption(
        new Option("--blocks <number>", "KV blocks: num_gpu_blocks of vllm:cache_config_info").argParser(whole(1)),
      )
      .addOption(new Option("--block-size <tokens>", "tokens a block").argParser(whole(1)))
      .addOption(new Option("--max-seqs <number>", "sequences a step: max_num_seqs, --parallel").argParser(whole(1)))
      .addOption(
        new Option("--token-budget <number>", "tokens a step: max_num_batched_tokens, --batch-size").argParser(
          whole(1),
        ),
      )
      .addOption(new Option("--replicas <number>", "engines behind the address").argParser(whole(1)))
      .addOption(new Option("--async-scheduling <word>", "vLLM's async_scheduling (on)").choices(["on", "off"]))
      .addOption(
        new Option(
          "--prefix-hit-rate <share>",
          "share of prompt tokens found in the prefix cache, where no request says its own",
        ).argParser(share),
      )
      .addOption(new Option("--time-unit <unit>", "unit of time columns whose names tell none").choices(["s", "ms"]))
      .addOption(
        new Option("--holdout <share>", "share of the requests to check on instead")
          .argParser(share)
          .default(0.5, "0.5"),
      )
      .addOption(new Option("--seed <number>", "of the bootstrap").argParser(whole(0)).default(1, "1"))
      .addOption(
        new Option("--time <duration>", "how long to search at most").argParser(duration).default(90_000, "90s"),
      )
      .option("--out <file>", "write a stack of the fitted engine, for twin serve and twin simulate")
      .option("--json", "print the fit as JSON", false)
      .addHelpText(
        "after",
        examples(
          [
            "npx plimsoll twin fit latest --blocks 2588 --max-seqs 256 --token-budget 2048",
            "The engine behind the newest run:",
          ],
          [
            "npx plimsoll twin fit --requests requests.jsonl --out engine.yaml",
            "From a table of requests with a meta.json beside it:",
          ],
        ),
      );
  },
  async run({ args, command, io, color, quiet }) {
    const flags = command.opts<Flags>();
    if (flags.out !== undefined) mustBeNew(flags.out, io.cwd);
    const [{ engineYaml, fitInBackground, readEvidence }, { canRedraw, createFitView, renderFit, wantsColor }] =
      await Promise.all([import("../../../twin/index.ts"), import("../../../report/index.ts")]);
    const { observations, settings } = await readEvidence({
      runs: args.map((name) => (name.endsWith(".json") ? resolve(io.cwd, name) : runFolder(name, flags.runs, io.cwd))),
      ...(flags.requests === undefined ? {} : { requests: resolve(io.cwd, flags.requests) }),
      ...(flags.settings === undefined ? {} : { settings: resolve(io.cwd, flags.settings) }),
      ...(flags.timeUnit === undefined ? {} : { timeUnit: flags.timeUnit }),
    });
    const { dialect, blocks, blockSize, maxSeqs, tokenBudget, replicas } = flags;
    const asyncScheduling = flags.asyncScheduling === undefined ? undefined : flags.asyncScheduling === "on";
    const told = Object.entries({ dialect, blocks, blockSize, maxSeqs, tokenBudget, replicas, asyncScheduling });
    const view = createFitView((text) => io.err(text), {
      interactive: canRedraw(io.errTerminal),
      columns: io.errTerminal.columns,
      now: () => performance.now(),
    });
    // Nothing is left to drain: the first signal ends the search, and the fault tells it.
    const interrupts = watchInterrupts(() => view.stop());
    let result: FitResult;
    try {
      result = await fitInBackground(
        observations,
        { ...settings, ...Object.fromEntries(told.filter(([, value]) => value !== undefined)) },
        {
          seed: flags.seed,
          holdout: flags.holdout,
          budgetMs: flags.time,
          stop: interrupts.stop,
          ...(quiet ? {} : { onProgress: view.update }),
          ...(flags.preset === undefined ? {} : { preset: flags.preset }),
          ...(flags.prefixHitRate === undefined ? {} : { hitRate: flags.prefixHitRate }),
        },
      );
    } finally {
      view.stop();
      interrupts.close();
    }
    io.out(
      flags.json
        ? `${JSON.stringify(result, null, 2)}\n`
        : renderFit(result, { width: io.outTerminal.columns(), color: wantsColor(io.outTerminal, color) }),
    );
    if (flags.out !== undefined) {
      await writeNew(flags.out, engineYaml(result), io.cwd, "Name another file.");
      if (!flags.json) io.out(`\nWrote ${flags.out}: npx plimsoll twin serve ${flags.out}\n`);
    }
    return EXIT.held;
  },
};
