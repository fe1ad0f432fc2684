import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { OUTCOMES, PERCENTILES, randomStream } from "../base/index.ts";
import { parseThreshold, type Threshold } from "../plan/index.ts";
import {
  COLUMNS,
  type ColumnName,
  createRunFolder,
  GapCells,
  type RunEvent,
  SampleBlock,
  type SeriesPoint,
  startRecorder,
  writeManifest,
} from "../record/index.ts";
import { carries } from "../stats/index.ts";
import { rounded } from "./round.ts";
import { summarise } from "./summarise.ts";
import { type Summary, summarySchema } from "./summary-schema.ts";

type Row = Partial<Record<ColumnName, number | string>>;

interface Recorded {
  readonly rows?: readonly Row[];
  readonly slo?: readonly string[];
  readonly events?: readonly RunEvent[];
  readonly series?: readonly SeriesPoint[];
  readonly gaps?: (cells: GapCells) => void;
  readonly prices?: { input: number; cached: number; output: number; reasoning: number; request: number };
}

const STAGES = [
  { name: "rest", kind: "rest", from: 0, duration: 10_000, unit: "sessions/s" as const },
  { name: "steady", kind: "steady", from: 10_000, duration: 20_000, unit: "sessions/s" as const },
];
const PERCENTILE_NAMES = ["p50", "p90", "p95", "p99", "p999"] as const;
const FINISHED: RunEvent = { at: 31_000, kind: "end", name: "end", detail: { cause: "finished" } };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-summary-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function threshold(text: string): Threshold {
  const read = parseThreshold(text);
  if (!("threshold" in read)) throw new Error(JSON.stringify(read.faults));
  return read.threshold;
}

/** Writes a run through the real recorder and summarises it from its folder. */
async function summaryOf({
  rows = [],
  slo = [],
  events = [FINISHED],
  series = [],
  gaps,
  prices,
}: Recorded): Promise<Summary> {
  const folder = createRunFolder(root, "summary", new Date("2026-01-02T03:04:05Z"));
  const personas = [{ name: "quick" }, { name: "researcher" }];
  const thresholds = slo.map(threshold);
  const plan = {
    stages: STAGES,
    workload: { personas },
    target: { protocol: "http-sse" as const },
    slo: thresholds,
    ...(prices ? { prices } : {}),
  };
  await writeManifest(folder.path, {
    ...plan,
    name: "summary",
    seed: 1,
    run: {
      schema: "plimsoll/run/1",
      id: folder.id,
      plimsoll: "0.0.0",
      startedAt: "2026-01-02T03:04:05.000Z",
      hash: "h",
      asked: [10, 40],
    },
  });
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: [], segmentRows: 500 });
  const [port] = recorder.ports;
  const block = new SampleBlock(0, 256);
  const post = (): void => {
    const { message, transfer } = block.take();
    port?.postMessage(message, transfer);
  };
  for (const row of rows) {
    if (block.full) post();
    const at = block.row();
    for (const column of COLUMNS) {
      const value = row[column.name];
      const array = block.columns[column.name];
      if (value === undefined || array instanceof BigUint64Array) continue;
      array[at] = typeof value === "string" ? block.dictionary.code(value) : value;
    }
  }
  post();
  const cells = new GapCells(0, 2);
  gaps?.(cells);
  for (const { message, transfer } of cells.flush(Number.POSITIVE_INFINITY)) port?.postMessage(message, transfer);
  port?.postMessage({ kind: "closed", worker: 0 });
  for (const event of events) recorder.event(event);
  recorder.series(series);
  await recorder.close();
  return summarise(folder.path);
}

/** An attempt that took this long, 40 % of it to its first token. */
function answer(scheduledAt: number, ms: number, more: Row = {}): Row {
  return {
    session: scheduledAt,
    turn: 0,
    attempt: 0,
    stage: scheduledAt < 10_000 ? "rest" : "steady",
    persona: "quick",
    outcome: "complete",
    scheduledAt,
    dueAt: scheduledAt,
    startedAt: scheduledAt,
    firstByteAt: scheduledAt + ms * 0.4,
    firstTokenAt: scheduledAt + ms * 0.4,
    firstAnswerAt: scheduledAt + ms * 0.4,
    lastTokenAt: scheduledAt + ms,
    endAt: scheduledAt + ms,
    ...more,
  };
}

/** Nearest rank, worked out anew. */
function rank(values: readonly number[], p: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.ceil(Number((p * values.length).toFixed(6))) - 1];
}

test("every percentile is the nearest rank of an independent sort, per run, stage and persona, and absent where n does not carry it", async () => {
  const random = randomStream(3, "latencies");
  const names = ["complete", "capped", "failed", "filtered"];
  const rows = Array.from({ length: 1500 }, (_, i) => {
    const ms = Math.exp(5 + 2 * random.next());
    return answer(i * 20, ms, {
      persona: random.next() < 0.05 ? "researcher" : "quick",
      outcome: names[Math.floor(random.next() ** 3 * 4)] ?? "complete",
    });
  });
  const summary = await summaryOf({ rows });
  const check = (group: Summary["total"], of: readonly Row[]): void => {
    const answered = of.filter((row) => row.outcome === "complete" || row.outcome === "capped");
    const values = answered.map((row) => Number(row.endAt) - Number(row.scheduledAt));
    const response = group.metrics.response;
    expect(response?.n).toBe(values.length);
    for (const name of PERCENTILE_NAMES) {
      const p = PERCENTILES[name];
      const shown = response?.[name];
      expect(shown, `${name} of ${values.length}`).toBe(
        carries(values.length, p) ? rounded(rank(values, p)) : undefined,
      );
    }
    expect(response?.min).toBe(rounded(Math.min(...values)));
    expect(response?.max).toBe(rounded(Math.max(...values)));
    expect(response?.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
    expect(group.metrics.ttft?.n).toBe(of.length);
    expect(group.attempts).toBe(of.length);
    expect(group.outcomes.failed).toBe(of.filter((row) => row.outcome === "failed").length);
  };
  check(summary.total, rows);
  for (const stage of summary.stages)
    check(
      stage,
      rows.filter((row) => row.stage === stage.name),
    );
  for (const persona of summary.personas)
    check(
      persona,
      rows.filter((row) => row.persona === persona.name),
    );
  const few = summary.personas.find((persona) => persona.name === "researcher")?.metrics.response;
  expect(few?.n).toBeLessThan(380);
  expect(few?.p99).toBeUndefined();
});

test("attempts that ended while waiting count with their wait, and name the figures that they could raise", async () => {
  const rows = [
    ...Array.from({ length: 96 }, (_, i) => answer(i * 10, 100 + i)),
    ...Array.from({ length: 4 }, (_, i) => ({
      ...answer(2000 + i, 5000, { outcome: "timeout" }),
      firstTokenAt: Number.NaN,
      firstAnswerAt: Number.NaN,
    })),
  ];
  const { total, thresholds } = await summaryOf({
    rows,
    slo: ["response.p90 < 200ms", "response.max < 6s", "response.min < 200ms", "ttft.mean > 1ms"],
  });
  expect(total.metrics.response).toMatchObject({ n: 100, censored: 4, max: 5000, p95: 194, atLeast: ["mean", "max"] });
  expect(total.metrics.ttft).toMatchObject({ n: 100, censored: 4, atLeast: ["mean", "max"] });
  expect(thresholds.map((judged) => judged.held)).toEqual([true, false, true, true]);
  expect(thresholds[1]?.why).toMatch(/at least/);
});

test("an early patience cut makes even the median a lower bound", async () => {
  const rows = Array.from({ length: 200 }, (_, i) => answer(i, 100 + i, i % 2 === 0 ? { outcome: "abandoned" } : {}));
  const { total } = await summaryOf({ rows });
  expect(total.metrics.response?.atLeast).toEqual(["min", "mean", "p50", "p90", "p95", "max"]);
});

test("rates are over each stage's own time; goodput counts answers within every per-answer limit", async () => {
  const rows = [
    ...Array.from({ length: 10 }, (_, i) => answer(i * 1000, 500)),
    ...Array.from({ length: 40 }, (_, i) => answer(10_000 + i * 500, i < 10 ? 2000 : 500)),
  ];
  const { total, stages, personas } = await summaryOf({ rows, slo: ["ttft{stage=steady}.p90 < 700ms"] });
  expect(stages.map((stage) => stage.rates)).toEqual([
    { asked: 1, started: 1, completed: 1, goodput: 1 },
    { asked: 2, started: 2, completed: 2, goodput: 1.5 },
  ]);
  expect(total.rates).toEqual(rounded({ asked: 50 / 30, started: 50 / 30, completed: 50 / 30, goodput: 40 / 30 }));
  expect(personas[0]?.rates.asked).toBeUndefined();
});

test("thresholds are judged by the same figures, with filters, odd percentiles, shares, tokens, money and the baseline", async () => {
  const rows = Array.from({ length: 500 }, (_, i) =>
    answer(i * 60, i * 60 < 10_000 ? 100 : 200 + (i % 100), {
      outcome: i % 50 === 0 ? "failed" : "complete",
      persona: i % 2 === 0 ? "quick" : "researcher",
      inputTokens: 10,
      outputTokens: 20,
      tokenSource: "server",
    }),
  );
  const summary = await summaryOf({
    rows,
    prices: { input: 0.001, cached: 0, output: 0.002, reasoning: 0, request: 0 },
    slo: [
      "response{stage=steady,persona=quick}.p92.5 < 300ms",
      "errors.rate < 1%",
      "outcomes.failed.count <= 10",
      "response.p90 < baseline * 2",
      "rates{stage=rest}.completed > 1/s",
      "tokens.output >= 10000",
      "cost.perGoodAnswer < $0.1",
      "itl.p50 < 1s",
      "response.p99.9 < 1s",
    ],
  });
  const judged = summary.thresholds;
  expect(judged.map((one) => one.held)).toEqual([true, false, true, false, true, true, true, false, false]);
  expect(judged[1]?.observed).toBe(0.02);
  expect(judged[5]?.observed).toBe(10_000);
  expect(judged[6]?.observed).toBeCloseTo((500 * 0.05) / 490, 9);
  expect(judged[7]).toMatchObject({ samples: 0, why: "no attempt has such a value" });
  expect(judged[8]?.why).toBe("490 samples cannot carry p99.9; it needs 3838");
  expect([summary.verdict, summary.exitCode]).toEqual(["fail", 99]);
});

test("gaps make the time between tokens, merged over seconds and cells", async () => {
  const { total, stages } = await summaryOf({
    rows: [answer(0, 100)],
    gaps: (cells) => {
      for (let i = 0; i < 1000; i++) cells.gap(i % 2, 0, i < 990 ? 20 : 800, i * 30);
    },
  });
  expect(total.metrics.itl?.n).toBe(1000);
  expect(total.metrics.itl?.p95).toBeCloseTo(20, 0);
  expect(Math.abs((total.metrics.itl?.max ?? 0) - 800) / 800).toBeLessThan(0.004);
  expect(stages[1]?.metrics.itl?.n).toBe(500);
});

const at = (name: string, values: readonly number[], labels = '{worker="0"}'): SeriesPoint[] =>
  values.map((value, i) => ({ at: i * 1000, name, labels, value }));

test.each<{ what: string; series?: SeriesPoint[]; rows?: readonly Row[]; says: RegExp }>([
  {
    what: "a busy worker",
    series: at("generator.loop.utilisation", [0.2, 0.95, 0.96, 0.97, 0.95, 0.3]),
    says: /above 90 % busy for 3 s \(97 % in/,
  },
  {
    what: "a late loop",
    series: [
      ...at("generator.loop.delay.p99", [30, 30, 30]),
      ...at("generator.loop.delay.p50", [1, 1, 1]),
      ...at("generator.loop.delay.max", [40, 50, 60]),
    ],
    says: /delay p99 is 30 ms/,
  },
  {
    what: "sessions that never started",
    series: [...at("sessions.asked", [100], ""), ...at("sessions.due", [97], "")],
    says: /97 % of the sessions/,
  },
  {
    what: "a start lag that shows",
    rows: Array.from({ length: 400 }, (_, i) => answer(i * 10, 300, { startedAt: i * 10 + 20 })),
    says: /start lag p99 is 20 ms, 16\.7 % of the first token's p50/,
  },
  {
    what: "events read late",
    rows: [answer(0, 100, { events: 100, sharedEvents: 1 }), answer(20_000, 100, { events: 100, sharedEvents: 40 })],
    series: at("generator.loop.utilisation", [0.8, 0.8]),
    says: /40 % of the content events shared a socket read, 1 % at rest/,
  },
])(
  "$what limits the run: the verdict is withheld, the number is told, the exit code is 120",
  async ({ series = [], rows = [], says }) => {
    const all = [...rows, ...Array.from({ length: 100 }, (_, i) => answer(i * 100, 200))];
    const summary = await summaryOf({ rows: all, series, slo: ["errors.rate < 1%"] });
    expect(summary.generator.why).toEqual([expect.stringMatching(says)]);
    expect(summary.generator.limited).toBe(true);
    expect([summary.verdict, summary.exitCode]).toEqual(["cannot-tell", 120]);
  },
);

test.each([
  ["a run that went to its end", "finished", 98, true],
  ["a run that its guard cut short", "guard", 98, false],
  ["a run cut short that misses more", "guard", 95, true],
] as const)(
  "sessions due at the moment at which a run is cut short are not held against the generator: %s",
  async (_, cause, due, limited) => {
    const { generator } = await summaryOf({
      rows: [answer(0, 100)],
      series: [...at("sessions.asked", [100], ""), ...at("sessions.due", [due], "")],
      events: [{ at: 31_000, kind: "end", name: "end", detail: { cause } }],
    });
    expect([generator.limited, generator.delivered]).toEqual([limited, due / 100]);
  },
);

test("a server that batches its events under load is not mistaken for a late generator", async () => {
  const rows = [
    answer(0, 100, { events: 100, sharedEvents: 1 }),
    answer(20_000, 100, { events: 100, sharedEvents: 50 }),
  ];
  const quiet = [...at("generator.loop.utilisation", [0.1, 0.1]), ...at("generator.loop.delay.p99", [1, 1])];
  const { generator } = await summaryOf({ rows, series: quiet });
  expect(generator.limited).toBe(false);
});

test("a healthy generator is not limited: one slow second, a start lag that is small beside the latency", async () => {
  const { generator, verdict, exitCode } = await summaryOf({
    slo: ["errors.rate < 1%"],
    rows: Array.from({ length: 400 }, (_, i) => answer(i * 10, 2000, { startedAt: i * 10 + 20 })),
    series: [
      ...at("generator.loop.utilisation", [0.5, 0.95, 0.95, 0.6]),
      ...at(
        "generator.loop.delay.p50",
        Array.from({ length: 40 }, () => 1),
      ),
      ...at(
        "generator.loop.delay.p99",
        Array.from({ length: 40 }, (_, i) => (i === 7 ? 80 : 2)),
      ),
      ...at(
        "generator.loop.delay.max",
        Array.from({ length: 40 }, (_, i) => (i === 7 ? 90 : 3)),
      ),
      ...at("sessions.asked", [10, 100], ""),
      ...at("sessions.due", [10, 100], ""),
      ...at("generator.noise.p50", [0.05]),
      ...at("generator.noise.p99", [0.4]),
    ],
  });
  expect(generator).toMatchObject({
    limited: false,
    why: [],
    loopDelay: { p50: 1, p99: 2, max: 90 },
    cpu: { worst: 0.95, mean: 0.75 },
    noiseFloor: { p50: 0.05, p99: 0.4 },
    delivered: 1,
  });
  expect([verdict, exitCode]).toEqual(["pass", 0]);
});

test("a run without an end event was killed: its summary says so and keeps what there is", async () => {
  const summary = await summaryOf({ rows: [answer(0, 100), answer(12_000, 100)], events: [] });
  expect(summary.run).toMatchObject({ complete: false, duration: 12_100 });
  expect(summary).toMatchObject({ verdict: "none", exitCode: 105, reasons: [{ code: "RUN_KILLED" }] });
  expect(summary.stages[1]?.duration).toBe(2100);
  expect(summary.stages[1]?.rates.asked).toBeUndefined();
});

test("a run without a single attempt has a summary, and no threshold of it holds", async () => {
  const summary = await summaryOf({
    slo: ["ttft.p95 < 1s", "errors.rate < 1%", "rates.goodput > 1/s"],
    events: [{ at: 10, kind: "end", name: "end", detail: { cause: "unreachable", message: "Nobody listens." } }],
  });
  expect(summary.thresholds.map((one) => [one.held, one.samples])).toEqual([
    [false, 0],
    [false, 0],
    [false, 0],
  ]);
  expect(summary).toMatchObject({ verdict: "cannot-tell", exitCode: 122 });
  expect(summary.reasons[0]).toEqual({ code: "TARGET_UNREACHABLE", message: "Nobody listens." });
});

test("a real summary fits the published schema, for zod and for any JSON Schema validator", async () => {
  const warning: RunEvent = { at: 1, kind: "warning", name: "W", detail: { message: "m", hint: "h" } };
  const summary = await summaryOf({
    rows: OUTCOMES.map((outcome, i) =>
      answer(i * 2000, 300, { outcome: outcome.name, outputTokens: 5, tokenSource: "server" }),
    ),
    slo: ["ttft.p50 < 1s"],
    prices: { input: 1, cached: 1, output: 1, reasoning: 1, request: 1 },
    events: [warning, warning, FINISHED],
  });
  expect(summary.warnings).toEqual([{ code: "W", message: "m", hint: "h" }]);
  expect(summarySchema.parse(summary)).toEqual(summary);
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(z.toJSONSchema(summarySchema));
  const json: unknown = JSON.parse(JSON.stringify(summary));
  expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...summary, verdict: "maybe" })).toBe(false);
});
