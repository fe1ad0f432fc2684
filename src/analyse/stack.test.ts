import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createRunFolder,
  type RunEvent,
  type RunManifest,
  type SeriesPoint,
  startRecorder,
  writeManifest,
} from "../record/index.ts";
import { summarise } from "./summarise.ts";
import { type Summary, summarySchema } from "./summary-schema.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-stack-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SIMULATED = {
  stack: "desk",
  hash: "h",
  seed: 1,
  weaknesses: [],
  fastForward: true,
  threads: 1,
  parts: [
    { name: "front", kind: "gateway" },
    { name: "llm", kind: "pool" },
  ],
};

/** Records a run of these series, and summarises it from its folder. */
async function summaryOf(
  series: readonly SeriesPoint[],
  signals: Readonly<Record<string, unknown>>,
  simulated?: typeof SIMULATED,
): Promise<Summary> {
  const folder = createRunFolder(root, "stack", new Date("2026-01-02T03:04:05Z"));
  const plan = {
    stages: [{ name: "steady", kind: "steady", from: 0, duration: 4000, unit: "sessions/s" as const }],
    workload: { personas: [{ name: "user" }] },
    target: { protocol: "openai-chat" as const },
    slo: [],
  };
  const run: RunManifest["run"] = {
    schema: "plimsoll/run/1",
    id: folder.id,
    plimsoll: "0.0.0",
    startedAt: "2026-01-02T03:04:05.000Z",
    hash: "h",
    asked: [4],
    ...(simulated === undefined ? {} : { simulated }),
  };
  await writeManifest(folder.path, { ...plan, name: "stack", seed: 1, run });
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: [] });
  recorder.ports[0]?.postMessage({ kind: "closed", worker: 0 });
  const events: readonly RunEvent[] = [
    { at: 1000, kind: "stack", name: "signals", detail: signals },
    { at: 4000, kind: "end", name: "finished", detail: { cause: "finished" } },
  ];
  for (const event of events) recorder.event(event);
  recorder.series(series);
  await recorder.close();
  return summarySchema.parse(await summarise(folder.path));
}

/** One point a second. */
function points(name: string, labels: string, values: readonly (number | undefined)[]): SeriesPoint[] {
  return values.flatMap((value, second) =>
    value === undefined ? [] : [{ at: (second + 1) * 1000, name, labels, value }],
  );
}

const LLM = `{part="llm"}`;
const replica = (index: number): string => `{part="llm",replica="${index}"}`;
const SIGNALS = {
  llm: { gauges: ["queue", "kv.used"], counters: ["requests", "preemptions"] },
  front: { gauges: ["queue"], counters: ["shed"] },
};

const SERIES = [
  ...points("queue", LLM, [0, 6, 6, 0]),
  ...points("queue", replica(0), [0, 90, 6, 0]),
  ...points("kv.used", replica(0), [0.1, 0.2, 0.3, 0]),
  ...points("kv.used", replica(1), [undefined, 0.8, 0.4, 0.2]),
  ...points("requests", LLM, [2, 5, 9, 9]),
  ...points("preemptions", replica(0), [1, 4, 1, 2]),
  ...points("preemptions", replica(1), [undefined, 3, 3, undefined]),
  ...points("queue", `{part="front"}`, [0, 0, 0, 0]),
  ...points("shed", `{part="front"}`, [0, 0, 1, 1]),
  ...points("sessions.open", "", [70, 70, 70, 70]),
];

test("a simulated run's summary says of each part what it held and counted, in the stack's order", async () => {
  const { stack } = await summaryOf(SERIES, SIGNALS, SIMULATED);
  expect(stack?.map(({ part, kind }) => [part, kind])).toEqual([
    ["front", "gateway"],
    ["llm", "pool"],
  ]);
  expect(stack?.[0]).toMatchObject({ gauges: { queue: { greatest: 0, greatestAt: 1000 } }, counters: { shed: 1 } });
});

test("a part's own reading goes before its replicas', and what only replicas have is over all of them", async () => {
  const { stack } = await summaryOf(SERIES, SIGNALS, SIMULATED);
  expect(stack?.[1]?.gauges).toEqual({
    queue: { least: 0, mean: 3, greatest: 6, greatestAt: 2000, last: 0 },
    "kv.used": { least: 0, mean: 0.285714286, greatest: 0.8, greatestAt: 2000, last: 0.2 },
  });
});

test("a counter that begins again with a new replica keeps what it had counted before", async () => {
  const { stack } = await summaryOf(SERIES, SIGNALS, SIMULATED);
  expect(stack?.[1]?.counters).toEqual({ requests: 9, preemptions: 4 + 2 + 3 });
});

test("a live run's summary has no stack, whatever its series are called", async () => {
  expect(await summaryOf(SERIES, SIGNALS)).not.toHaveProperty("stack");
});

test("a folder that does not say which series are counters names the parts without figures", async () => {
  const { stack } = await summaryOf(SERIES, {}, SIMULATED);
  expect(stack).toEqual(SIMULATED.parts.map(({ name, kind }) => ({ part: name, kind, gauges: {}, counters: {} })));
});
