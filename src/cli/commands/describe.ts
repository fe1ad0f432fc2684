import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, PlimsollError, parseDuration } from "../../base/index.ts";
import { type Call, type CommandEntry, examples } from "../command.ts";

interface Flags {
  readonly format?: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly from?: number;
  readonly for?: number;
  readonly presets: boolean;
  readonly json: boolean;
}

export const describe: CommandEntry = {
  name: "describe",
  summary: "what a trace of traffic looks like: rates, bursts, lengths, reuse, sessions",
  define(command) {
    command
      .argument("[trace]", "a .csv or .jsonl file, packed or not, or a folder of ServeGen's clients")
      .option("--format <name>", "the trace's format; by default it is recognised")
      .addOption(
        new Option(
          "--columns <list>",
          "what the columns are, of a trace of no known format: time=ts,unit=ms,input=prompt,output=answer",
        ).argParser(columnList),
      )
      .addOption(new Option("--from <duration>", "begin here, from the first request on").argParser(duration))
      .addOption(new Option("--for <duration>", "look at so much of it").argParser(duration))
      .option("--presets", "list the presets of traffic with their sources", false)
      .option("--json", "print it as JSON, and nothing else, on standard output", false)
      .addHelpText(
        "after",
        examples(
          ["npx plimsoll describe AzureLLMInferenceTrace_conv.csv", "A trace that is recognised:"],
          [
            "npx plimsoll describe log.jsonl --columns time=at,unit=ms,input=usage.prompt,output=usage.completion",
            "A log of your own:",
          ],
          ["npx plimsoll describe --presets", "What `workload: { preset: .. }` knows:"],
        ),
      );
  },
  async run(call) {
    const flags = call.command.opts<Flags>();
    const [file] = call.args;
    if (flags.presets) return listPresets(call, flags.json);
    if (file !== undefined) return describeFile(call, file, flags);
    throw new PlimsollError(
      { code: "DESCRIBE_NO_TRACE", message: "there is nothing to describe", hint: "Name a trace, or add --presets." },
      EXIT.planInvalid,
    );
  },
};

async function describeFile({ io, color }: Call, file: string, flags: Flags): Promise<number> {
  const [traces, report] = await Promise.all([import("../../traces/index.ts"), import("../../report/index.ts")]);
  const { columns, format } = flags;
  const parsed = columns === undefined ? undefined : traces.traceColumnsSchema.safeParse(columns);
  const faults = parsed?.error?.issues.map((issue) => ({
    code: "DESCRIBE_COLUMNS",
    path: `--columns ${issue.path.join(".")}`,
    message: issue.message,
    hint: "Write time=.., input=.. and output=.., and unit=s where times are numbers.",
  }));
  if (faults !== undefined && faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  if (format !== undefined && !traces.FORMAT_NAMES.includes(format)) {
    throw new PlimsollError(
      {
        code: "TRACE_FORMAT",
        path: "--format",
        message: `there is no format ${format}`,
        received: format,
        hint: `Use one of ${traces.FORMAT_NAMES.join(", ")}.`,
      },
      EXIT.planInvalid,
    );
  }
  const found = await traces.describeTrace(
    {
      file: resolve(io.cwd, file),
      ...(format === undefined ? {} : { format }),
      ...(parsed?.data === undefined ? {} : { columns: traces.traceColumns(parsed.data) }),
    },
    {
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.for === undefined ? {} : { for: flags.for }),
    },
  );
  if (found.statistics !== undefined) {
    const described = report.traceReport(file, found.statistics);
    io.out(
      flags.json
        ? `${JSON.stringify(described, null, 2)}\n`
        : report.renderTrace(described, {
            width: io.outTerminal.columns(),
            color: report.wantsColor(io.outTerminal, color),
          }),
    );
  }
  if (found.faults.length > 0) throw new PlimsollError(found.faults, EXIT.planInvalid);
  if (found.statistics !== undefined) return EXIT.held;
  throw new PlimsollError(
    {
      code: "TRACE_EMPTY",
      message: `${file} holds no request there`,
      file,
      hint: "Name another file, or another part.",
    },
    EXIT.planInvalid,
  );
}

async function listPresets({ io, color }: Call, json: boolean): Promise<number> {
  const [{ trafficPresets }, report] = await Promise.all([
    import("../../traces/index.ts"),
    import("../../report/index.ts"),
  ]);
  io.out(
    json
      ? `${JSON.stringify(trafficPresets(), null, 2)}\n`
      : report.renderTrafficPresets(trafficPresets(), {
          width: io.outTerminal.columns(),
          color: report.wantsColor(io.outTerminal, color),
        }),
  );
  return EXIT.held;
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError("Write a duration such as 30m or 2h.");
  return value;
}

function columnList(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null)) throw new InvalidArgumentError("Write it as time=ts,input=in,output=out.");
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
