import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { schedule } from "../src/traces/index.ts";
import { benchArgs } from "./lib/args.ts";
import { withLengthsServer } from "./lib/lengths-server.ts";
import { temporaryFolder } from "./lib/paths.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf } from "./lib/plimsoll.ts";
import { bench, finish, mustBe, type Target } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";
import { twoSamples } from "./lib/two-samples.ts";

/**
 * An hour of recorded traffic at ten times its speed: does every request begin at its time, and do rates and lengths come out as the trace has them?
 * Intended times and lengths are read from the trace here, apart from the run; lengths come back from a server that counts what reached it.
 */
const SPEED = 10;
const TRACES = ["azure-conv-2023.csv", "azure-code-2023.csv"] as const;
const root = process.env.PLIMSOLL_REFERENCE_DATA ?? join(import.meta.dirname, "../../shared/data");

const row = z.object({
  scheduledAt: z.number(),
  startedAt: z.number(),
  input: z.number(),
  output: z.number(),
  outcome: z.string(),
});

interface Figures {
  readonly requests: number;
  readonly asked: number;
  /** ms from the trace's time to the start. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Largest distance, ms, of an intended time from the trace's. */
  readonly drift: number;
  readonly rate: { readonly trace: number; readonly run: number };
  readonly gaps: ReturnType<typeof twoSamples>;
  readonly input: ReturnType<typeof twoSamples>;
  readonly output: ReturnType<typeof twoSamples>;
  readonly note: string;
}

function measure(name: string, forMs: number | undefined): Promise<Figures> {
  const file = join(root, "traces", name);
  const replay = { file, speed: SPEED, ...(forMs === undefined ? {} : { for: `${forMs}ms` }) };
  const part = { from: 0, ...(forMs === undefined ? {} : { for: forMs }) };
  const { table } = schedule({ source: { file }, ...part, speed: SPEED, rate: 1, loop: 1 }, 1);
  return withLengthsServer(async (url) => {
    const folder = temporaryFolder();
    try {
      const plan = {
        target: {
          url,
          protocol: "http-json",
          request: { prompt: "{{turn.prompt}}", max: "{{turn.maxTokens}}" },
          events: { token: "$.text", usage: "$.usage" },
        },
        stages: [{ replay }],
        generator: { workers: 1 },
        observe: { discover: false },
      };
      const ended = await runPlimsoll(plan, folder, table.length / SPEED);
      const rows = await samplesOf(
        ended.folder,
        row,
        "scheduledAt, startedAt, coalesce(inputTokens, -1) AS input, coalesce(outputTokens, -1) AS output, outcome",
        "ORDER BY session",
      );
      const failed = rows.filter(({ outcome }) => outcome !== "complete" && outcome !== "capped").length;
      mustBe(failed === 0, `${failed} requests failed`);
      mustBe(rows.length === table.rows, `${rows.length} requests of ${table.rows} were made`);
      const times = Array.from(table.at, (at) => at / SPEED);
      const starts = rows.map(({ startedAt }) => startedAt).sort((a, b) => a - b);
      const lags = rows.map(({ startedAt }, i) => startedAt - (times[i] ?? 0)).sort((a, b) => a - b);
      const at = (share: number): number => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))] ?? 0;
      return {
        requests: rows.length,
        asked: table.rows,
        lag: { p50: at(0.5), p99: at(0.99), max: at(1) },
        drift: Math.max(...rows.map(({ scheduledAt }, i) => Math.abs(scheduledAt - (times[i] ?? 0)))),
        rate: { trace: rateOf(times), run: rateOf(starts) },
        gaps: twoSamples(gapsOf(times), gapsOf(starts)),
        input: twoSamples(
          table.input,
          rows.map(({ input }) => input),
        ),
        output: twoSamples(
          table.output,
          rows.map(({ output }) => output),
        ),
        note: ended.note,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((at, i) => at - (times[i] ?? 0));
}

function rateOf(times: readonly number[]): number {
  return ((times.length - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0))) * 1000;
}

await bench(async () => {
  const args = benchArgs({ rounds: 1 });
  if (!existsSync(join(root, "traces"))) {
    console.log("No traces: set PLIMSOLL_REFERENCE_DATA to the folder that holds traces/.");
    return;
  }
  console.log(`Replays at ${SPEED} times their speed. ${pinSelf()}.`);
  buildProduct(args.build);
  const found: Record<string, Figures> = {};
  for (const name of TRACES) {
    if (args.only.length === 0 || args.only.includes(name))
      found[name] = await measure(name, args.quick ? 150_000 : undefined);
  }
  const entries = Object.entries(found);
  const ks = ({ distance, p }: Figures["gaps"]): string => `${distance.toFixed(4)} (p ${p.toFixed(3)})`;
  printTable(
    [
      "trace",
      "requests",
      "lag p50, ms",
      "p99",
      "max",
      "rate of the trace, /s",
      "of the run",
      "KS of gaps",
      "of inputs",
      "of outputs",
      "",
    ],
    entries.map(([name, figures]) => [
      name,
      figures.requests,
      figures.lag.p50,
      figures.lag.p99,
      figures.lag.max,
      figures.rate.trace,
      figures.rate.run,
      ks(figures.gaps),
      ks(figures.input),
      ks(figures.output),
      figures.note,
    ]),
  );
  finish(
    "replay",
    args,
    found,
    entries.flatMap(([name, { lag, drift, rate, input, output }]): Target[] => [
      { what: `${name}: lag p99, ms`, limit: 3, sense: "at most", measured: lag.p99 },
      { what: `${name}: intended times off the trace's, ms`, limit: 0.001, sense: "at most", measured: drift },
      {
        what: `${name}: rate over the trace's, off by`,
        limit: 0.001,
        sense: "at most",
        measured: Math.abs(rate.run / rate.trace - 1),
      },
      { what: `${name}: KS distance of input lengths`, limit: 0, sense: "at most", measured: input.distance },
      { what: `${name}: KS distance of output lengths`, limit: 0, sense: "at most", measured: output.distance },
    ]),
  );
});
