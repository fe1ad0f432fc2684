import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRun, type SeriesPoint } from "../../record/index.ts";
import { summarise } from "../summarise.ts";
import { readFacts } from "./read.ts";
import { answer, type RecordedRun, recordRun } from "./test/record-run.ts";
import type { Facts } from "./types.ts";

const hold = (value: number, ms: number) => [{ shape: "hold", value, at: 0, for: ms }];
const STAGES = [
  { name: "steady", kind: "steady", from: 0, duration: 10_000, unit: "sessions/s" as const, load: hold(2, 10_000) },
  {
    name: "ramp",
    kind: "ramp",
    from: 10_000,
    duration: 10_000,
    unit: "sessions/s" as const,
    load: [{ shape: "ramp", from: 2, to: 12, curve: "linear", at: 0, for: 10_000 }],
  },
];
const FINISHED = { at: 21_000, kind: "end" as const, name: "finished", detail: { cause: "finished" } };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-facts-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function factsFrom(recorded: Omit<RecordedRun, "stages">): Promise<Facts> {
  const folder = await recordRun(root, { stages: STAGES, events: [FINISHED], ...recorded });
  const run = await openRun(folder);
  try {
    return await readFacts(run, await summarise(folder));
  } finally {
    run.close();
  }
}

const point = (name: string, labels: string, at: number, value: number): SeriesPoint => ({ at, name, labels, value });

describe("facts of a run folder", () => {
  it("cut time into seconds, with the load that the plan asks for in each", async () => {
    const { width, bins, stages, load } = await factsFrom({ rows: [answer(20_500, 400)] });
    expect([width, bins]).toEqual([1000, 21]);
    expect(stages).toMatchObject([
      { name: "steady", unit: "sessions/s", from: 0, to: 10, isSteady: true, mean: 2, peak: 2 },
      { name: "ramp", from: 10, to: 20, isSteady: false },
    ]);
    expect([...load.asked.slice(8, 12)]).toEqual([2, 2, 2.5, 3.5]);
    expect(load.asked[20]).toBeNaN();
  });

  it("count an attempt where it began, where it ended, and its latency where it was due", async () => {
    const late = answer(2500, 5000, { startedAt: 4200 });
    const { load, client } = await factsFrom({ rows: [answer(100, 400), answer(700, 200), late] });
    expect([load.started[0], load.started[2], load.started[4], load.ended[7]]).toEqual([2, 0, 1, 1]);
    expect([client.attempts[0], client.attempts[2], client.attempts[4]]).toEqual([2, 1, 0]);
    expect([client.responseP95[2], client.ttftP50[2], client.startLagP99[2]]).toEqual([5000, 2000, 1700]);
    expect(client.ttftP50[4]).toBeNaN();
    // Begun in bin 4, ended in bin 7: half a bin's worth in each of the two, one in between.
    expect([...load.inFlight.slice(3, 9)]).toEqual([0, 0.5, 1, 1, 0.5, 0]);
  });

  it("take an attempt that was still waiting with its wait so far, and count how attempts ended", async () => {
    const waiting = answer(1100, 3000, { outcome: "timeout" });
    delete waiting.firstTokenAt;
    const { load, client } = await factsFrom({
      slo: ["response.p95 < 500ms"],
      rows: [
        answer(1000, 300),
        waiting,
        answer(1200, 100, { outcome: "rejected", status: 429, attempt: 1 }),
        answer(1300, 700),
      ],
    });
    expect(client.ttftP95[1]).toBe(3000);
    expect([client.timeouts[1], client.rateLimited[1], client.retries[1], client.refused[1]]).toEqual([1, 1, 1, 0]);
    expect([load.answered[1], load.good[1], load.errors[1]]).toEqual([1, 1, 1]);
    expect([load.answered[2], load.good[2]]).toEqual([1, 0]);
  });

  it("merge the gaps of all stages and personas of a second", async () => {
    const { client } = await factsFrom({
      gaps: (cells) => {
        for (let i = 0; i < 99; i++) cells.gap(0, 0, 20, 3200);
        for (let i = 0; i < 3; i++) cells.gap(1, 0, 400, 3900);
      },
    });
    expect(client.itlP50[3]).toBeCloseTo(20, 0);
    expect((client.itlP99[3] ?? 0) / 400).toBeCloseTo(1, 1);
    expect(client.itlP50[4]).toBeNaN();
  });

  it("show gauges as means, and counters as growth a second that no restart turns negative", async () => {
    const labels = '{part="llm",replica="10.0.0.1:8000",server="vllm"}';
    const looks = [100, 433, 766, 1100, 1433, 1766, 2100];
    const counter = [10, 20, 30, 40, 5, 15, 25];
    const { servers } = await factsFrom({
      series: [
        ...looks.map((at, i) => point("server.queued", labels, at, i < 3 ? 4 : 10)),
        ...looks.map((at, i) => point("server.preempted", labels, at, counter[i] ?? 0)),
        point("generator.cpu", "", 500, 1),
      ],
    });
    expect(servers.map(({ concept }) => concept).sort()).toEqual(["server.preempted", "server.queued"]);
    expect(servers[0]).toMatchObject({ part: "llm", server: "vllm", replica: "10.0.0.1:8000" });
    const values = (name: string) => servers.find(({ concept }) => concept === name)?.values;
    expect([...(values("server.queued")?.slice(0, 3) ?? [])]).toEqual([4, 10, 10]);
    const preempted = values("server.preempted");
    expect(preempted?.[0]).toBeCloseTo(30, 0);
    // 10 in each third of the second, but for the one of the restart, after which 5 are new.
    expect(preempted?.[1]).toBeCloseTo(25, 0);
    expect(preempted?.every((value) => !(value < 0))).toBe(true);
    expect(preempted?.[5]).toBeNaN();
  });

  it("spread what a counter grew while no look was taken over that time", async () => {
    const labels = '{part="db",server="postgres"}';
    const { servers } = await factsFrom({
      series: [point("store.queries", labels, 1000, 0), point("store.queries", labels, 5000, 400)],
    });
    expect([...(servers[0]?.values.slice(0, 6) ?? [])]).toEqual([Number.NaN, 100, 100, 100, 100, Number.NaN]);
    expect(servers[0]).not.toHaveProperty("replica");
  });

  it("give a simulated stack's parts the same concepts, and tell no pool's queue twice", async () => {
    const { servers } = await factsFrom({
      simulated: {
        stack: "desk",
        hash: "h",
        seed: 1,
        weaknesses: [],
        fastForward: true,
        threads: 1,
        parts: [
          { name: "llm", kind: "pool" },
          { name: "search", kind: "vector-db" },
        ],
      },
      series: [1000, 2000].flatMap((at) => [
        point("queue", '{part="llm"}', at, 7),
        point("queue", '{part="llm",replica="0"}', at, 3),
        point("queue", '{part="llm",replica="1"}', at, 4),
        point("busy", '{part="llm",replica="0"}', at, at / 2),
        point("tokens.prompt.computed", '{part="llm",replica="0"}', at, at),
        point("tokens.prompt.cached", '{part="llm",replica="0"}', at, at / 4),
        point("queue", '{part="search"}', at, 9),
      ]),
    });
    const told = servers.map(({ concept, part, replica, values }) => [concept, part, replica, values[1]]);
    expect(told).toHaveLength(7);
    expect(told).toContainEqual(["server.queued", "llm", "0", 3]);
    expect(told).toContainEqual(["server.queued", "llm", "1", 4]);
    expect(told).toContainEqual(["server.busy", "llm", "0", 0.5]);
    expect(told).toContainEqual(["server.prompt.tokens", "llm", "0", 1250]);
    expect(told).toContainEqual(["store.waiting", "search", undefined, 9]);
  });
});
