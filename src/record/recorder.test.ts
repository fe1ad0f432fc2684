import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MessagePort, Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fault, OUTCOMES, PlimsollError } from "../base/index.ts";
import { Histogram } from "../stats/index.ts";
import { SampleBlock } from "./block.ts";
import { COLUMNS, type ColumnName } from "./columns.ts";
import { figureSql, figures, partOf } from "./figures.ts";
import { createRunFolder, type RunFolder } from "./folder.ts";
import { GapCells } from "./gap-cells.ts";
import { answerLimits, goodSql } from "./limits.ts";
import { writeManifest } from "./manifest.ts";
import type { RecorderToWorker, Tally } from "./messages.ts";
import { openRun, type QueryValue } from "./reader.ts";
import { type Recorder, type RecorderOptions, startRecorder } from "./recorder.ts";

type Row = Partial<Record<ColumnName, number | bigint | string>>;

const SLO: RecorderOptions["plan"]["slo"] = [
  limit("ttft", 300),
  { ...limit("stall", 50), filters: { persona: "researcher" } },
];

function limit(metric: "ttft" | "stall", value: number): RecorderOptions["plan"]["slo"][number] {
  return {
    expression: `${metric}.p95 < ${value}ms`,
    subject: { kind: "metric", metric, aggregate: { percentile: 95 } },
    filters: {},
    operator: "<",
    limit: { kind: "value", value },
    abortOnFail: false,
    abortAfter: 0,
  };
}

const plan: RecorderOptions["plan"] = {
  stages: [{ name: "steady" }, { name: "spike" }],
  workload: { personas: [{ name: "quick" }, { name: "researcher" }] },
  target: { protocol: "http-sse" },
  slo: SLO,
  prices: { input: 1, cached: 0.5, output: 2, reasoning: 3, request: 0 },
};

let root: string;
let folder: RunFolder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-record-"));
  folder = createRunFolder(root, "Round trip", new Date("2026-01-02T03:04:05Z"));
  const stages = plan.stages.map(({ name }, i) => ({
    name,
    kind: "steady",
    from: i * 1000,
    duration: 1000,
    unit: "sessions/s" as const,
  }));
  await writeManifest(folder.path, {
    ...plan,
    name: "round trip",
    seed: 1,
    workload: { personas: [{ name: "quick" }, { name: "researcher" }] },
    stages,
    slo: [],
    run: {
      schema: "plimsoll/run/1",
      id: folder.id,
      plimsoll: "0.0.0",
      startedAt: "2026-01-02T03:04:05.000Z",
      hash: "h",
      asked: [1, 1],
    },
  });
});
afterEach(() => rm(root, { recursive: true, force: true }));

function put(block: SampleBlock, row: Row): number {
  const at = block.row();
  for (const [name, value] of Object.entries(row)) {
    const column = COLUMNS.find((candidate) => candidate.name === name);
    if (!column) throw new Error(name);
    const array = block.columns[column.name];
    if (array instanceof BigUint64Array) array[at] = BigInt(value);
    else array[at] = typeof value === "string" ? block.dictionary.code(value) : Number(value);
  }
  return at;
}

function post(port: MessagePort | undefined, block: SampleBlock): void {
  const { message, transfer } = block.take();
  port?.postMessage(message, transfer);
}

async function start(options: Partial<RecorderOptions> = {}): Promise<Recorder> {
  return startRecorder({ folder, plan, workers: 1, redactSecrets: ["s3cret-key"], ...options });
}

async function recordRows(rows: readonly Row[], options: Partial<RecorderOptions> = {}): Promise<Tally[]> {
  const recorder = await start(options);
  const tallies: Tally[] = [];
  recorder.onTally((tally) => tallies.push(tally));
  const block = new SampleBlock(0, 100);
  for (const row of rows) {
    if (block.full) post(recorder.ports[0], block);
    put(block, row);
  }
  post(recorder.ports[0], block);
  recorder.ports[0]?.postMessage({ kind: "closed", worker: 0 });
  await recorder.close();
  return tallies;
}

async function query(sql: string): Promise<readonly (readonly QueryValue[])[]> {
  const run = await openRun(folder.path);
  try {
    return (await run.query(sql)).rows;
  } finally {
    run.close();
  }
}

/** Any row that a worker could write, columns absent at will. */
const anyRow: fc.Arbitrary<Row> = fc.record(
  {
    stage: fc.constantFrom("steady", "spike"),
    persona: fc.constantFrom("quick", "researcher"),
    outcome: fc.constantFrom(...OUTCOMES.map((outcome) => outcome.name)),
    turn: fc.nat(2),
    attempt: fc.nat(1),
    ...Object.fromEntries(
      [
        "scheduledAt",
        "dueAt",
        "startedAt",
        "connectedAt",
        "firstByteAt",
        "firstTokenAt",
        "firstAnswerAt",
        "lastTokenAt",
        "endAt",
      ].map((name) => [name, fc.double({ min: 0, max: 5000, noNaN: true })]),
    ),
    stall: fc.double({ min: 0, max: 100, noNaN: true }),
    inputTokens: fc.nat(500),
    cachedTokens: fc.nat(500),
    outputTokens: fc.nat(3),
    reasoningTokens: fc.nat(3),
    reason: fc.string(),
    textHash: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  },
  { requiredKeys: ["stage", "persona", "outcome", "turn", "attempt"] },
);
const manyRows = fc.sample(fc.array(anyRow, { minLength: 700, maxLength: 700 }), { numRuns: 1, seed: 7 })[0] ?? [];

test("every column comes back as it was written, and absent ones as NULL", async () => {
  const full: Row = Object.fromEntries(
    COLUMNS.map((column, i) => [
      column.name,
      column.kind === "text"
        ? `text ${i} 'ö' \u{1f6a2}`
        : column.kind === "hash"
          ? 2n ** 64n - 1n - BigInt(i)
          : i + (column.kind === "count" ? 0 : 0.25),
    ]),
  );
  await recordRows([full, { session: 1 }, { ...full, session: 2, reason: "" }], {
    plan: { ...plan, prices: { input: 0, cached: 0, output: 0, reasoning: 0, request: 0 } },
  });
  const names = COLUMNS.map((column) => `"${column.name}"${column.kind === "hash" ? "::VARCHAR" : ""}`);
  const [first, second, third] = await query(`SELECT ${names.join(", ")} FROM samples ORDER BY session`);
  const expected = COLUMNS.map((column) => {
    const value = full[column.name];
    // The recorder works out the cost itself.
    return column.name === "cost" ? 0 : typeof value === "bigint" ? String(value) : (value ?? null);
  });
  expect(first).toEqual(expected);
  expect(second).toEqual(COLUMNS.map(({ name }) => (name === "worker" ? 0 : name === "session" ? 1 : null)));
  expect(third?.[COLUMNS.findIndex((column) => column.name === "reason")]).toBe("");
});

test("a figure is the same in JavaScript, over a block, and in SQL, over the run folder", async () => {
  await recordRows(manyRows.map((row, i) => ({ ...row, session: i })));
  const block = new SampleBlock(0, manyRows.length);
  for (const row of manyRows) put(block, row);
  for (const figure of figures(true)) {
    const { value, censored } = figureSql(figure);
    const stored = await query(`SELECT ${value}, ${censored} FROM samples ORDER BY session`);
    manyRows.forEach((row, i) => {
      const own = figure.value(block.columns)(i);
      const outcome = OUTCOMES.find((entry) => entry.name === row.outcome);
      const part = outcome ? partOf(figure, own, outcome) : "none";
      const mine =
        part === "value" ? own : part === "wait" ? (figure.wait?.(block.columns)(i) ?? Number.NaN) : Number.NaN;
      const [theirs, waits] = stored[i] ?? [];
      expect(theirs, `${figure.name} of row ${i}`).toEqual(Number.isNaN(mine) ? null : mine);
      expect(waits, `${figure.name} of row ${i}`).toBe(part === "wait");
    });
  }
});

test("the tallies add up to what the run folder holds", async () => {
  const tallies = await recordRows(manyRows, { tallyEvery: 5, segmentRows: 150 });
  const cells = tallies.flatMap((tally) => tally.cells);
  const good = goodSql(answerLimits(SLO), figures(true));
  const stored = await query(`SELECT stage, persona, outcome, count(*), count(*) FILTER (${good}),
    count(*) FILTER (turn = 0 AND attempt = 0), sum(outputTokens), sum(cost) FROM samples GROUP BY ALL`);
  const sum = (pick: (cell: (typeof cells)[number]) => number): number =>
    cells.reduce((total, cell) => total + pick(cell), 0);
  const column = (i: number): number => stored.reduce((total, row) => total + Number(row[i] ?? 0), 0);
  expect(sum((cell) => cell.good)).toBe(column(4));
  expect(column(4)).toBeGreaterThan(0);
  expect(sum((cell) => cell.sessions)).toBe(column(5));
  expect(sum((cell) => cell.tokens.output)).toBe(column(6));
  expect(sum((cell) => cell.cost)).toBeCloseTo(column(7), 6);
  for (const [stage, persona, outcome, count] of stored) {
    const mine = cells
      .filter(
        (cell) => plan.stages[cell.stage]?.name === stage && plan.workload.personas[cell.persona]?.name === persona,
      )
      .reduce((total, cell) => total + (cell.outcomes[OUTCOMES.findIndex((entry) => entry.name === outcome)] ?? 0), 0);
    expect(mine, JSON.stringify([stage, persona, outcome])).toBe(count);
  }
  for (const figure of figures(true)) {
    const histogram = new Histogram();
    for (const cell of cells) {
      const sparse = cell.metrics[figure.name];
      if (sparse) histogram.add(sparse);
    }
    const [row] = await query(`SELECT count(v) FROM (SELECT ${figureSql(figure).value} AS v FROM samples)`);
    expect(histogram.n, figure.name).toBe(row?.[0]);
  }
});

test("no secret reaches any file, whichever way it comes", async () => {
  const recorder = await start();
  const block = new SampleBlock(0);
  const row = put(block, {
    session: 1,
    stage: "steady",
    persona: "quick",
    outcome: "failed",
    reason: "http:401 bad key s3cret-key",
  });
  block.text({ row, prompt: "my key is s3cret-key", answer: "so s3cret-key it is", keep: true, count: true });
  post(recorder.ports[0], block);
  recorder.ports[0]?.postMessage({ kind: "closed", worker: 0 });
  recorder.event({ at: 0, kind: "warning", name: "W", detail: { message: "s3cret-key" } });
  recorder.series([{ at: 1, name: "x", labels: '{key="s3cret-key"}', value: 1 }]);
  await recorder.close();
  const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  expect(contents.length).toBeGreaterThanOrEqual(5);
  for (const content of contents) expect(content).not.toContain("s3cret");
  expect(await query("SELECT reason FROM samples")).toEqual([["http:401 bad key ***"]]);
  expect(await query("SELECT prompt, answer FROM texts")).toEqual([["my key is ***", "so *** it is"]]);
  expect(await query("SELECT labels FROM series")).toEqual([['{key="***"}']]);
});

test("texts that the server did not count are counted with the tokenizer, and say so", async () => {
  const recorder = await start();
  const block = new SampleBlock(0);
  const row = put(block, { session: 1, stage: "steady", persona: "quick", outcome: "complete" });
  block.text({ row, prompt: "Hello, world", answer: "<|endoftext|> is text here", keep: false, count: true });
  put(block, { session: 2, outputTokens: 5, tokenSource: "server" });
  post(recorder.ports[0], block);
  recorder.ports[0]?.postMessage({ kind: "closed", worker: 0 });
  await recorder.close();
  const [counted, told] = await query(
    "SELECT inputTokens, outputTokens, tokenSource, cost FROM samples ORDER BY session",
  );
  expect(counted?.[0]).toBe(3);
  expect(Number(counted?.[1])).toBeGreaterThan(4);
  expect(counted?.[2]).toBe("tokenizer");
  expect(counted?.[3]).toBe(3 + Number(counted?.[1]) * 2);
  expect(told).toEqual([null, 5, "server", 10]);
  expect(await query("SELECT * FROM texts")).toEqual([]);
});

test("gaps, full gap logs, series and events come back, those of several workers and late ones added", async () => {
  const recorder = await start({ workers: 2 });
  for (const [worker, port] of recorder.ports.entries()) {
    const cells = new GapCells(worker, 2);
    for (let i = 0; i < 10; i++) cells.gap(1, 0, 25, 1500 + i);
    for (const { message, transfer } of cells.flush(Number.POSITIVE_INFINITY)) port.postMessage(message, transfer);
    const block = new SampleBlock(worker);
    block.gapLog(put(block, { session: worker, turn: 0, attempt: 0, stage: "spike" }), [1.5, 2.5]);
    post(port, block);
    port.postMessage({ kind: "closed", worker });
  }
  recorder.event({ at: 1, kind: "stage", name: "steady" });
  recorder.event({ at: 2, kind: "end", name: "end", detail: { cause: "finished" } });
  recorder.series([{ at: 1000, name: "sessions.asked", labels: "", value: 4 }]);
  await recorder.close();
  expect(await query("SELECT second, stage, persona, sum(count) FROM gaps GROUP BY ALL")).toEqual([
    [1, "spike", "quick", 20],
  ]);
  expect(await query("SELECT session, gaps FROM gap_logs ORDER BY session")).toEqual([
    [0, [1.5, 2.5]],
    [1, [1.5, 2.5]],
  ]);
  expect(await query("SELECT time, name, labels, value FROM series")).toEqual([[1000, "sessions.asked", "", 4]]);
  expect(await query("SELECT time, kind, name, detail->>'cause' FROM events")).toEqual([
    [1, "stage", "steady", null],
    [2, "end", "end", "finished"],
  ]);
  expect(await query("SELECT * FROM spans")).toEqual([]);
});

test("compaction neither doubles nor loses a row, and leaves few files", async () => {
  const rows = Array.from({ length: 1500 }, (_, session): Row => ({ session, stage: "steady" }));
  await recordRows(rows, { segmentRows: 10 });
  const files = await readdir(join(folder.path, "samples"));
  expect(files.length).toBeLessThan(64);
  expect(await query("SELECT count(*), count(DISTINCT session), max(session) FROM samples")).toEqual([
    [1500, 1500, 1499],
  ]);
});

test("a worker is told how many of its rows are in, so that a fast one can wait", async () => {
  const recorder = await start();
  const [port] = recorder.ports;
  const block = new SampleBlock(0, 8);
  for (let i = 0; i < 8; i++) put(block, { session: i });
  const told = new Promise<RecorderToWorker>((resolve) => port?.once("message", resolve));
  post(port, block);
  expect(await told).toEqual({ kind: "taken", rows: 8 });
  port?.postMessage({ kind: "closed", worker: 0 });
  await recorder.close();
});

test("a worker that dies without a word does not keep the record from closing, and its rows are kept", async () => {
  const recorder = await start();
  const [port] = recorder.ports;
  if (!port) throw new Error("no port");
  const block = new SampleBlock(0);
  put(block, { session: 5 });
  const { message, transfer } = block.take();
  const code = `const { port, message } = require("node:worker_threads").workerData;
    port.once("message", () => process.exit(1));
    port.postMessage(message);`;
  const worker = new Worker(code, { eval: true, workerData: { port, message }, transferList: [port, ...transfer] });
  await once(worker, "exit");
  await recorder.close();
  expect(await query("SELECT session FROM samples")).toEqual([[5]]);
});

test("a folder that can no longer be written is reported while the run goes on, and closing says how many rows are lost", async () => {
  const recorder = await start({ segmentRows: 1 });
  const [port] = recorder.ports;
  const faulted = new Promise<Fault>((resolve) => recorder.onFault(resolve));
  await rm(join(folder.path, "samples"), { recursive: true });
  const block = new SampleBlock(0);
  put(block, { session: 1 });
  post(port, block);
  const fault = await faulted;
  expect(fault.code).toBe("RUNS_UNWRITABLE");
  expect(fault.hint).toMatch(/^Check/);
  put(block, { session: 2 });
  post(port, block);
  port?.postMessage({ kind: "closed", worker: 0 });
  const closing = recorder.close();
  await expect(closing).rejects.toBeInstanceOf(PlimsollError);
  await expect(closing).rejects.toMatchObject({
    code: "RECORD_INCOMPLETE",
    message: expect.stringContaining("2 rows"),
  });
});

test("a segment whose writing failed is written at the end, once it can be", async () => {
  const recorder = await start({ segmentRows: 3 });
  const [port] = recorder.ports;
  const faulted = new Promise<Fault>((resolve) => recorder.onFault(resolve));
  await rm(join(folder.path, "samples"), { recursive: true });
  const block = new SampleBlock(0);
  for (let session = 0; session < 3; session++) put(block, { session });
  post(port, block);
  await faulted;
  await mkdir(join(folder.path, "samples"));
  port?.postMessage({ kind: "closed", worker: 0 });
  await recorder.close();
  expect(await query("SELECT count(*), sum(session) FROM samples")).toEqual([[3, 3]]);
});

test("a run folder that cannot be made is a fault of the plan's `runs`, told before the run", async () => {
  await writeFile(join(root, "file"), "");
  expect(() => createRunFolder(join(root, "file"), "x", new Date())).toThrow(
    expect.objectContaining({ code: "RUNS_UNWRITABLE", exitCode: 104 }),
  );
  expect(folder.id).toBe("20260102-030405-round-trip");
  expect(createRunFolder(root, "Round trip", new Date("2026-01-02T03:04:05Z")).id).toBe("20260102-030405-round-trip-2");
});
