import { Option } from "commander";
import { EXIT } from "../../../base/index.ts";
import type { LiveTwin, ServeReport } from "../../../twin/index.ts";
import { type CommandEntry, examples } from "../../command.ts";
import type { Io } from "../../io.ts";
import { collect, httpUrl, stackSetOption, variableOption, whole } from "../../options.ts";

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly weakness: readonly string[];
  readonly otlp?: string;
  readonly env: readonly string[];
  readonly set: readonly string[];
  readonly seed?: number;
  readonly announce: boolean;
}

/** vLLM's. */
const PORT = 8000;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export const serve: CommandEntry = {
  name: "serve",
  summary: "stand in for a serving stack: OpenAI's and Anthropic's APIs, /metrics, spans",
  define(command) {
    command
      .argument("<stack>", "a stack's .yaml or .json file")
      .addOption(
        new Option("--port <number>", "port to listen on; 0 is any free one")
          .argParser(whole(0))
          .default(PORT, String(PORT)),
      )
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .addOption(
        new Option("--weakness <name>", "plant a weakness, of those that twin weaknesses lists; repeatable")
          .default([])
          .argParser(collect),
      )
      .addOption(new Option("--otlp <url>", "send a trace of each request there, OTLP over HTTP").argParser(httpUrl))
      .addOption(variableOption("stack"))
      .addOption(stackSetOption())
      .addOption(new Option("--seed <number>", "the stack's seed: same seed, same answers").argParser(whole(0)))
      .addOption(new Option("--announce", "for programs: one line of JSON when it listens").default(false).hideHelp())
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll twin serve examples/stacks/tiny.yaml", "In one terminal, a small engine of one model:"],
          ["npx plimsoll quick http://127.0.0.1:8000", "In another, load on it:"],
          [
            "npx plimsoll twin serve examples/stacks/tiny.yaml --port 8001 --set parts.llm.replicas=2",
            "Two replicas of it, on another port:",
          ],
        ),
      );
  },
  async run({ args, command, io, quiet }) {
    const flags = command.opts<Flags>();
    const { applyWeaknesses, readStack, serveTwin } = await import("../../../twin/index.ts");
    const stack = await readStack(args[0] ?? "", {
      set: [...flags.set, ...(flags.seed === undefined ? [] : [`seed=${flags.seed}`])],
      vars: flags.env,
      env: io.env,
      cwd: io.cwd,
    });
    const twin = await serveTwin({
      spec: applyWeaknesses(stack, flags.weakness),
      host: flags.host,
      port: flags.port,
      tell: (text) => io.err(`${text}\n`),
      ...(flags.otlp === undefined ? {} : { otlp: flags.otlp }),
    });
    const ended = end(flags.announce);
    if (flags.announce) io.out(`${JSON.stringify({ url: twin.url })}\n`);
    else io.out(hello(twin, flags));
    await ended;
    const report = await twin.close();
    if (!quiet) farewell(report, io);
    return EXIT.held;
  },
};

/** Ctrl-C or SIGTERM; where a program started it, also the end of standard input, so that it never outlives who started it. */
function end(withInput: boolean): Promise<void> {
  return new Promise<void>((resolve) => {
    const stop = (): void => {
      for (const signal of SIGNALS) process.off(signal, stop);
      if (withInput) process.stdin.destroy();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    if (!withInput) return;
    process.stdin.once("close", stop);
    process.stdin.resume();
  });
}

function hello({ url, stack }: LiveTwin, flags: Flags): string {
  const { spec } = stack;
  const rows = [...spec.parts].map(([name, { kind, links }]) => [
    name,
    kind,
    [...new Set(links.map(({ part }) => part))].join(", ") || (stack.parts.get(name)?.models ?? []).join(", "),
  ]);
  const table = [["part", "kind", "leads to, or answers as"], ...rows];
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  const planted = flags.weakness.length === 0 ? "" : ` Planted: ${flags.weakness.join(", ")}.`;
  return [
    `The twin of ${spec.name} listens at ${url}, until Ctrl-C. Requests enter at ${spec.entry}.${planted}`,
    "",
    ...table.map(line),
    "",
    "In another terminal, load it:",
    `  npx plimsoll quick ${url}`,
    `Its metrics are at ${url}/metrics.`,
    "",
  ].join("\n");
}

function farewell({ counts, cutAtEnd, lateness, spans }: ServeReport, io: Io): void {
  const { answered, failed, left, slowReadersCut } = counts;
  const slow = slowReadersCut === 0 ? "" : `, ${slowReadersCut} of them cut for reading too slowly`;
  const cut = cutAtEnd === 0 ? "" : `, ${cutAtEnd} of them cut by the twin's own end`;
  io.err(`${answered} answered, ${failed} failed, ${left} left before the end${slow}${cut}.\n`);
  if (lateness.writes > 0) {
    const { p50, p99, max, writes, late, bound, windows, lateWindows } = lateness;
    io.err(
      `Its writes left after they were due by p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, at most ${max.toFixed(1)} ms (n = ${writes.toLocaleString("en-US")}, ${late.toLocaleString("en-US")} by more than ${bound} ms).\n`,
    );
    if (lateWindows > 0)
      io.err(
        `In ${lateWindows} of ${windows} stretches of two seconds 1 % or more of the writes were so late: times measured there are partly this machine's.\n`,
      );
  }
  if (spans !== undefined) io.err(`${spans.sent} spans sent, ${spans.dropped} lost.\n`);
}
