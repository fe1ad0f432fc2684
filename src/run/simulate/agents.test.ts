import { afterAll, expect, test } from "vitest";
import { play, removeRuns, SLOW } from "./test/persona.ts";

afterAll(removeRuns);

test("an agent makes as many model calls as its loop has, each after its tool's time, with a context that grows by the results", async () => {
  const agent = {
    steps: { min: 2, max: 5 },
    result: { tokens: 150, wait: { min: "300ms", max: "1s" } },
  };
  const { query, workload, plan } = await play({ agent, maxTokens: 30 }, { stack: SLOW, rate: "1/s" });
  const [play0] = workload.agents;
  const calls =
    await query(`SELECT session, turn, agent, step, scheduledAt, endAt, inputTokens, outputTokens, lag(endAt) OVER w, lag(inputTokens) OVER w, lag(outputTokens) OVER w
    FROM samples WINDOW w AS (PARTITION BY session, turn ORDER BY step) ORDER BY session, turn, step`);
  const counted = new Map<string, number>();
  let waited = 0;
  for (const row of calls) {
    const [
      session = 0,
      turn = 0,
      who = 0,
      step = 0,
      scheduledAt = 0,
      ,
      input = 0,
      ,
      before = 0,
      inputBefore = 0,
      outputBefore = 0,
    ] = row.map(Number);
    expect(who).toBe(0);
    counted.set(`${session} ${turn}`, step + 1);
    if (step === 0) continue;
    waited++;
    const result = play0?.result({ session, turn, agent: 0, step: step - 1 });
    expect(scheduledAt - before).toBeCloseTo(result?.wait ?? Number.NaN, 3);
    expect(input - inputBefore - outputBefore).toBeGreaterThan(140);
    expect(input - inputBefore - outputBefore).toBeLessThan(190);
  }
  expect(waited).toBeGreaterThan(30);
  const end = Math.max(...plan.stages.map(({ from, duration }) => from + duration));
  for (const [key, steps] of counted) {
    const [session = 0, turn = 0] = key.split(" ").map(Number);
    const all = play0?.steps({ session, turn, agent: 0 });
    const last = calls.findLast((row) => row[0] === session && row[1] === turn);
    // What would begin after the run's end is not asked.
    if (Number(last?.[5]) < end - 5000) expect(steps).toBe(all);
  }
});

test("helpers are asked at once, and the agent goes on when the last of them has answered", async () => {
  const { query } = await play(
    { agent: { fanOut: { count: 3, prompts: "code" } }, maxTokens: { min: 5, max: 60 } },
    { rate: "1/s" },
  );
  const rows = await query(`SELECT session,
      max(endAt) FILTER (agent = 0 AND step = 0), min(scheduledAt) FILTER (agent > 0), max(scheduledAt) FILTER (agent > 0),
      max(endAt) FILTER (agent > 0), min(scheduledAt) FILTER (agent = 0 AND step = 1), count(*) FILTER (agent > 0)
    FROM samples GROUP BY session HAVING count(*) = 5`);
  expect(rows.length).toBeGreaterThan(20);
  for (const [, planned, first, last, joined, next, helpers] of rows) {
    expect(Number(helpers)).toBe(3);
    expect([first, last]).toEqual([planned, planned]);
    expect(next).toBe(joined);
  }
});
