import { afterAll, expect, test } from "vitest";
import { play, removeRuns, SLOW } from "./test/persona.ts";

afterAll(removeRuns);

const asked = { turns: 1, maxTokens: 20 };

test("a region's users wait its round trip more for every stamp, and the generator is not blamed for it", async () => {
  const regions = [
    { name: "near", share: "50%" },
    { name: "far", share: "50%", rtt: "300ms" },
  ];
  const { query, summary } = await play(asked, { rate: "5/s", workload: { regions } });
  const rows = await query(`SELECT region, count(*), min(firstTokenAt - scheduledAt), max(startedAt - dueAt),
    min(sentAt - startedAt), max(sentAt - startedAt) FROM samples WHERE outcome IN ('complete', 'capped') GROUP BY region ORDER BY region`);
  const [far = [], near = []] = rows;
  expect(summary.run.distant).toEqual(["far"]);
  expect([far[0], near[0]]).toEqual(["far", "near"]);
  expect(Number(far[2]) - Number(near[2])).toBeGreaterThan(250);
  expect([far[3], near[3]]).toEqual([0, 0]);
  expect(Number(far[4])).toBeCloseTo(300, 6);
  expect(Number(near[5])).toBeLessThan(1);
  expect(summary.total.attempts).toBe(Number(far[1]) + Number(near[1]));
});

test("whoever is far away leaves when its patience has run out, the way included", async () => {
  const workload = { regions: [{ name: "far", rtt: "400ms" }] };
  const { query } = await play({ ...asked, patience: "1s" }, { stack: SLOW, rate: "8/s", workload });
  const rows = await query("SELECT endAt - scheduledAt FROM samples WHERE outcome = 'abandoned'");
  expect(rows.length).toBeGreaterThan(20);
  for (const [waited] of rows) expect(Number(waited)).toBeCloseTo(1000, 3);
});

test("the users of a region that fails over have the other's round trip from its time on, and go back", async () => {
  const { query } = await play(asked, {
    rate: "5/s",
    workload: {
      regions: [
        { name: "east", rtt: "50ms" },
        { name: "west", rtt: "200ms" },
      ],
      failover: { at: "10s", from: "east", to: "west", for: "10s" },
    },
  });
  const rows =
    await query(`SELECT region, scheduledAt >= 10000 AND scheduledAt < 20000, round(min(sentAt - startedAt)), round(max(sentAt - startedAt))
    FROM samples WHERE sentAt IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`);
  expect(rows).toEqual([
    ["east", false, 50, 50],
    ["east", true, 200, 200],
    ["west", false, 200, 200],
    ["west", true, 200, 200],
  ]);
});

test("users with a rate make it together, each as often as the others, and as much of it as a slow target leaves", async () => {
  const stages = [{ steady: "60s", at: "20 users", rate: "4/s" }];
  const quick = await play(asked, { stages });
  expect(quick.summary.stages[0]?.rates.asked).toBe(4);
  expect(quick.summary.stages[0]?.rates.started).toBeCloseTo(4, 1);
  const rows = await quick.query(`SELECT max(gap), min(gap) FROM
    (SELECT scheduledAt - lag(scheduledAt) OVER (PARTITION BY session % 20 ORDER BY scheduledAt) AS gap FROM samples)`);
  for (const gap of rows[0] ?? []) expect(Number(gap)).toBeCloseTo(5000, 3);

  const slow = await play(
    { turns: 1, maxTokens: 400 },
    { stages: [{ steady: "60s", at: "20 users", rate: "40/s" }], stack: SLOW },
  );
  const [stage] = slow.summary.stages;
  expect(stage?.rates.asked).toBe(40);
  expect(stage?.rates.started).toBeLessThan(20);
  const waits = await slow.query(`SELECT min(gap) FROM (SELECT scheduledAt -
    lag(endAt) OVER (PARTITION BY session % 20 ORDER BY scheduledAt) AS gap FROM samples)`);
  expect(Number(waits[0]?.[0])).toBeGreaterThanOrEqual(0);
});
