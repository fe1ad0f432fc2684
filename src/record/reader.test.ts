import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { randomStream } from "../base/index.ts";
import { SampleBlock } from "./block.ts";
import { createRunFolder } from "./folder.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { openRun } from "./reader.ts";
import { startRecorder } from "./recorder.ts";
import { describeTables } from "./views.ts";

const plan = {
  stages: [{ name: "steady", kind: "steady", from: 0, duration: 1000, unit: "sessions/s" as const }],
  workload: { personas: [{ name: "quick" }] },
  target: { protocol: "http-sse" as const },
  slo: [],
};
const manifest = {
  ...plan,
  workload: { personas: [{ name: "quick" }] },
  name: "n",
  seed: 1,
  run: {
    schema: "plimsoll/run/1" as const,
    id: "x",
    plimsoll: "0.0.0",
    startedAt: "2026-01-02T03:04:05.000Z",
    hash: "h",
    asked: [1],
  },
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-reader-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A finished run of one session. */
async function finished(name: string, at: string): Promise<string> {
  const folder = createRunFolder(root, name, new Date(at));
  await writeManifest(folder.path, manifest);
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: [] });
  const block = new SampleBlock(0);
  block.columns.session[block.row()] = 1;
  const { message, transfer } = block.take();
  recorder.ports[0]?.postMessage(message, transfer);
  recorder.ports[0]?.postMessage({ kind: "closed", worker: 0 });
  recorder.event({ at: 1, kind: "end", name: "end", detail: { cause: "finished" } });
  await recorder.close();
  return folder.path;
}

test("a query reads the run, and can neither write nor look outside its folder", async () => {
  const path = await finished("one", "2026-01-02T03:04:05Z");
  await writeFile(join(root, "secret.txt"), "outside");
  const before = await readdir(path, { recursive: true });
  const run = await openRun(path);
  expect(await run.query("SELECT count(*) AS n, 9007199254740993 AS big FROM samples")).toEqual({
    columns: ["n", "big"],
    rows: [[1, "9007199254740993"]],
    truncated: false,
  });
  expect((await run.query("DESCRIBE samples")).rows.length).toBeGreaterThan(40);
  expect(await run.query("SELECT * FROM range(10)", { maxRows: 3 })).toMatchObject({
    rows: [[0], [1], [2]],
    truncated: true,
  });
  for (const sql of [
    `COPY (SELECT 1) TO '${path}/samples/000001.parquet'`,
    `COPY (SELECT 1) TO '${root}/new.csv'`,
    `EXPLAIN ANALYZE COPY (SELECT 1) TO '${path}/new.csv'`,
    `ATTACH '${path}/new.db'`,
    `SELECT * FROM read_text('${root}/secret.txt')`,
    `SELECT * FROM read_text('${path}/../secret.txt')`,
    "SET enable_external_access = true",
    "CREATE TABLE t (i INTEGER)",
    "INSTALL httpfs",
    "SELECT 1; DROP VIEW samples",
    "DROP VIEW samples",
    "SELECT nonsense FROM samples",
    "",
  ]) {
    await expect(run.query(sql), sql).rejects.toMatchObject({ code: "QUERY_FAILED", exitCode: 104 });
  }
  run.close();
  expect(await readdir(path, { recursive: true })).toEqual(before);
});

test("`latest` is the newest run of a folder; what is no run is said to be none", async () => {
  await finished("old", "2026-01-02T03:04:05Z");
  const newest = await finished("new", "2026-01-03T03:04:05Z");
  await mkdir(join(root, "99999999-nothing"));
  const run = await openRun(join(root, "latest"));
  run.close();
  expect(run.path).toBe(newest);
  await expect(openRun(join(root, "99999999-nothing"))).rejects.toMatchObject({ code: "RUN_NOT_FOUND", exitCode: 104 });
  await writeFile(join(newest, "plan.json"), '{"name": 3}');
  await expect(readManifest(newest)).rejects.toMatchObject({ code: "RUN_UNREADABLE" });
});

test("every table that the help names is there, with the columns and types that it names, also where a run holds nothing", async () => {
  const empty = createRunFolder(root, "empty", new Date("2026-01-02T03:04:05Z")).path;
  await writeManifest(empty, manifest);
  const full = await finished("full", "2026-01-02T03:04:05Z");
  for (const path of [empty, full]) {
    const run = await openRun(path);
    for (const table of describeTables()) {
      const { rows } = await run.query(`SELECT column_name, column_type FROM (DESCRIBE ${table.name})`);
      expect(rows, table.name).toEqual(table.columns.map((column) => [column.name, column.type]));
    }
    run.close();
  }
});

test("a half-written last line is no event, and those before it are read", async () => {
  const path = await finished("torn", "2026-01-02T03:04:05Z");
  await appendFile(join(path, "events.jsonl"), '{"at":2,"kind":"warn');
  const run = await openRun(path);
  expect((await run.query("SELECT time, kind FROM events")).rows).toEqual([[1, "end"]]);
  run.close();
});

const BLOCK = 20;
const SEGMENT = 60;

/** A process that records rows as fast as they are taken in, and prints how many are. */
const WRITER = `
import { writeSync } from "node:fs";
import { createRunFolder, SampleBlock, startRecorder, writeManifest } from INDEX;
const folder = createRunFolder(process.argv[2], "killed", new Date());
await writeManifest(folder.path, MANIFEST);
const recorder = await startRecorder({ folder, plan: PLAN, workers: 1, redactSecrets: [], segmentRows: ${SEGMENT}, segmentEvery: 50 });
const [port] = recorder.ports;
const block = new SampleBlock(0, ${BLOCK});
let session = 0;
let taken = 0;
const post = () => {
  while (!block.full) {
    const row = block.row();
    block.columns.session[row] = session++;
    block.columns.stage[row] = block.dictionary.code("steady");
    block.columns.prompt[row] = block.dictionary.code("prompt " + session);
  }
  const { message, transfer } = block.take();
  port.postMessage(message, transfer);
};
port.on("message", ({ rows }) => {
  taken += rows;
  writeSync(1, taken + "\\n");
  post();
});
post();
`;

async function recordUntilKilled(rows: number): Promise<{ path: string; taken: number }> {
  const index = JSON.stringify(fileURLToPath(new URL("./index.ts", import.meta.url)));
  const script = join(root, "writer.ts");
  const source = WRITER.replace("INDEX", index)
    .replace("MANIFEST", JSON.stringify(manifest))
    .replace("PLAN", JSON.stringify(plan));
  await writeFile(script, source);
  const jiti = join(dirname(createRequire(import.meta.url).resolve("jiti/package.json")), "lib/jiti-cli.mjs");
  const runs = await mkdtemp(join(root, "runs-"));
  const child: ChildProcess = spawn(process.execPath, [jiti, script, runs], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  let taken = 0;
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      taken = Number(line);
      if (taken >= rows) child.kill("SIGKILL");
    }
  }
  await gone;
  return { path: join(runs, (await readdir(runs))[0] ?? ""), taken };
}

test("a run killed at any moment can be read, and has lost no more than its open segment", async () => {
  const random = randomStream(5, "kill");
  for (const after of [1, 5000, ...Array.from({ length: 3 }, () => Math.floor(random.next() * 3000))]) {
    const { path, taken } = await recordUntilKilled(after);
    const run = await openRun(path);
    const { rows } = await run.query(
      "SELECT count(*), count(DISTINCT session), coalesce(max(session) + 1, 0), count(prompt) FROM samples",
    );
    run.close();
    const [kept, distinct, end, prompts] = (rows[0] ?? []).map(Number);
    expect([distinct, end, prompts]).toEqual([kept, kept, kept]);
    // One segment open, one being written; each closes at the first block that fills it.
    expect(kept).toBeGreaterThanOrEqual(taken - 2 * (SEGMENT + BLOCK));
    expect(await readFile(join(path, "plan.json"), "utf8")).toContain("steady");
  }
}, 120_000);

test("a scan hands out the rows in order and block by block, what is NULL as NaN, and refuses what is no number", async () => {
  const run = await openRun(await finished("scanned", "2026-01-02T03:04:05Z"));
  const read: number[] = [];
  let blocks = 0;
  await run.scan("SELECT i::DOUBLE, NULL::DOUBLE FROM range(5000) AS r(i) ORDER BY i", ([numbers, absent], rows) => {
    blocks++;
    read.push(...(numbers?.subarray(0, rows) ?? []));
    expect(absent?.[rows - 1]).toBeNaN();
  });
  expect(read).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  expect(blocks).toBeGreaterThan(1);
  for (const sql of ["SELECT 'text'", "SELECT nothing FROM samples", "CREATE TABLE t (i INTEGER)"])
    await expect(run.scan(sql, () => {})).rejects.toMatchObject({ code: "QUERY_FAILED" });
  run.close();
});
