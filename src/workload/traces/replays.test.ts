import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { type Plan, resolvePlan } from "../../plan/index.ts";
import { loadWorkload } from "../index.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-replays-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(lines: readonly string[]): string {
  const file = join(folder, `${++files}.trace`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

function planOf(stages: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Plan {
  const target = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" };
  return resolvePlan({ target, stages, ...more }, { env: {} }).plan;
}

const vidur = (rows: readonly (readonly [at: number, input: number, output: number])[]): string =>
  fileOf(["arrived_at,num_prefill_tokens,num_decode_tokens", ...rows.map((row) => row.join(","))]);

const blocks = (at: number, input: number, ids: readonly number[]): string =>
  JSON.stringify({ timestamp: at, input_length: input, output_length: 5, hash_ids: ids });

const chat = (id: number, parent: number, at: number, input: number, output: number, ids: readonly number[]): string =>
  JSON.stringify({
    chat_id: id,
    parent_chat_id: parent,
    timestamp: at,
    input_length: input,
    output_length: output,
    type: "text",
    turn: 1,
    hash_ids: ids,
  });

describe("a replayed trace", () => {
  const trace = vidur([
    [100, 50, 7],
    [100.25, 3, 0],
    [101, 1200, 9],
  ]);

  it("starts its requests at their times, asks as many tokens, and for as many, at any speed", () => {
    const workload = loadWorkload(planOf([{ steady: "10s", at: "1/s" }, { replay: { file: trace, speed: "2x" } }]));
    const replayed = [...workload.arrivals()].filter(({ stage }) => stage === 1);
    expect(replayed).toEqual([
      { session: 0, at: 10_000, stage: 1 },
      { session: 1, at: 10_125, stage: 1 },
      { session: 2, at: 10_500, stage: 1 },
    ]);
    const turns = replayed.map(({ session }) => workload.session(session).turns);
    expect(turns.map((all) => all.map(({ prompt }) => countTokens(prompt)))).toEqual([[50], [3], [1200]]);
    expect(turns.map((all) => all.map(({ maxTokens }) => maxTokens))).toEqual([[7], [1], [9]]);
    expect(workload.expectedSessions(10_000, 20_000)).toBeCloseTo(3, 9);
  });

  it("leaves every other session of the plan as it is without it", () => {
    const steady = { steady: "20s", at: "3/s" };
    const alone = loadWorkload(planOf([steady]));
    const workload = loadWorkload(planOf([steady, { replay: trace }]));
    const others = [...workload.arrivals()].filter(({ stage }) => stage === 0);
    expect(others.map(({ at }) => at)).toEqual([...alone.arrivals()].map(({ at }) => at));
    for (const { session } of others) {
      expect(workload.session(session)).toEqual({ ...alone.session(session - 3), session });
    }
    expect(new Set(others.map(({ session }) => session)).size).toBe(others.length);
  });

  it("comes in one order of time, whatever lies around it, and the same dealt to any number of workers", () => {
    const file = vidur(Array.from({ length: 200 }, (_, i) => [i / 10, 10, 10] as const));
    const plan = planOf([
      { steady: "5s", at: "9/s" },
      { replay: { file, loop: 2, rate: 1.5 } },
      { steady: "5s", at: "9/s" },
    ]);
    const all = [...loadWorkload(plan).arrivals()];
    expect(all.every(({ at }, i) => at >= (all[i - 1]?.at ?? 0))).toBe(true);
    for (const workers of [2, 3]) {
      const dealt = Array.from({ length: workers }, (_, worker) => {
        const own = [...loadWorkload(plan).arrivals()].filter(({ session }) => session % workers === worker);
        return own;
      }).flat();
      expect(dealt.sort((a, b) => a.at - b.at || a.session - b.session)).toEqual(
        [...all].sort((a, b) => a.at - b.at || a.session - b.session),
      );
    }
  });

  it("refuses to run on a trace that has changed since the plan was read", () => {
    const file = vidur([
      [0, 1, 1],
      [1, 1, 1],
    ]);
    const plan = planOf([{ replay: file }]);
    writeFileSync(file, "arrived_at,num_prefill_tokens,num_decode_tokens\n0,1,1\n1,1,1\n1.5,1,1\n");
    expect(() => loadWorkload(plan)).toThrow(PlimsollError);
  });

  it("tells every fault of the trace with its line when the plan is read", () => {
    const file = vidur([
      [0, Number.NaN, 1],
      [1, 1, Number.NaN],
    ]);
    try {
      planOf([{ replay: file }]);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      expect(error.faults.map(({ path, message }) => [path, /line \d/.exec(message)?.[0]])).toEqual([
        ["stages[0].replay", "line 2"],
        ["stages[0].replay", "line 3"],
      ]);
    }
  });
});

it("rows of a replay tell their tenants and regions as the trace does", () => {
  const file = fileOf(["at,in,out,app,place", "1,5,5,shop,eu", "2,5,5,desk,us"]);
  const columns = { time: "at", unit: "s", input: "in", output: "out", tenant: "app", region: "place" };
  const workload = loadWorkload(planOf([{ replay: { file, columns } }]));
  expect([0, 1].map((session) => workload.session(session))).toMatchObject([
    { tenant: "shop", region: "eu" },
    { tenant: "desk", region: "us" },
  ]);
});

describe("blocks of a trace", () => {
  const file = fileOf([
    blocks(0, 1300, [0, 1, 2]),
    blocks(1000, 1536, [0, 1, 9]),
    blocks(2000, 1100, [0, 7, 8]),
    blocks(3000, 1600, [5]),
  ]);
  const prompts = (plan: Plan): string[] => {
    const workload = loadWorkload(plan);
    return [...workload.arrivals()].map(({ session }) => workload.session(session).turns[0]?.prompt ?? "");
  };
  const shared = (a = "", b = ""): number => {
    let end = 0;
    while (end < Math.min(a.length, b.length) && a[end] === b[end]) end++;
    return countTokens(a.slice(0, end));
  };

  it("become prompts that share just the beginnings that the trace says, of the trace's lengths", () => {
    const [a, b, c, d] = prompts(planOf([{ replay: file }]));
    expect([a, b, c, d].map((prompt) => countTokens(prompt ?? ""))).toEqual([1300, 1536, 1100, 1600]);
    // A word may begin like another's: the next token's first letters are not counted as shared ones.
    expect(shared(a, b)).toBeGreaterThanOrEqual(1024);
    expect(shared(a, b)).toBeLessThan(1030);
    expect(shared(a, c)).toBeGreaterThanOrEqual(512);
    expect(shared(a, c)).toBeLessThan(518);
    expect(shared(a, d)).toBeLessThan(6);
  });

  it("share nothing between loops and copies, which would flatter a cache", () => {
    const looped = prompts(planOf([{ replay: { file, loop: 2 } }]));
    expect(shared(looped[0], looped[4])).toBeLessThan(6);
    expect(shared(looped[4], looped[5])).toBeGreaterThanOrEqual(1024);
  });
});

describe("conversations of a trace", () => {
  const file = fileOf([
    chat(1, -1, 0, 40, 10, [1, 2, 3]),
    chat(2, -1, 1, 20, 4, [8, 9]),
    chat(3, 1, 60, 90, 6, [1, 2, 3, 4, 5, 6]),
    chat(4, 3, 100, 90, 6, [1, 2, 3, 4, 5, 6]),
  ]);

  it("are sessions whose turns add what is new to a request that counts all so far, due at the trace's times", () => {
    const workload = loadWorkload(planOf([{ replay: { file, speed: "10x" } }]));
    expect([...workload.arrivals()].map(({ session, at }) => [session, at])).toEqual([
      [0, 0],
      [1, 100],
    ]);
    const { turns } = workload.session(0);
    expect(turns.map(({ prompt }) => countTokens(prompt))).toEqual([40, 40, 1]);
    expect(turns.map(({ at }) => at)).toEqual([undefined, 6000, 10_000]);
  });

  it("are single requests where the plan says so", () => {
    const workload = loadWorkload(planOf([{ replay: { file, linked: false } }]));
    const turns = [...workload.arrivals()].flatMap(({ session }) => workload.session(session).turns);
    expect(turns.map(({ prompt }) => countTokens(prompt))).toEqual([40, 20, 90, 90]);
  });
});
