import { afterAll, describe, expect, test } from "vitest";
import type { QueryValue } from "../../record/index.ts";
import { mean } from "../../stats/index.ts";
import { play, QUICK, removeRuns, SLOW } from "./test/persona.ts";

afterAll(removeRuns);

describe("however slow the target is", () => {
  test("each user leaves when its patience has run out, not earlier, not later, and nobody waits longer", async () => {
    const { query, turnOf } = await play({ patience: { median: "4s" }, maxTokens: 200 }, { stack: SLOW, rate: "3/s" });
    const rows = await query(
      "SELECT session, turn, outcome, endAt - scheduledAt, firstTokenAt - scheduledAt FROM samples",
    );
    const left = rows.filter(([, , outcome]) => outcome === "abandoned");
    expect(left.length).toBeGreaterThan(20);
    for (const [session, turn, outcome, waited, first] of rows) {
      const { patience } = turnOf(session, turn);
      if (outcome === "abandoned") expect(Number(waited)).toBeCloseTo(patience, 3);
      else if (outcome === "complete" || outcome === "capped")
        expect(Number(first)).toBeLessThanOrEqual(patience + 0.001);
    }
  });

  test("a question follows its answer after the reading and the thinking that were drawn for it", async () => {
    const persona = { turns: 3, think: { read: "300 words/min", plus: { median: "2s" } }, maxTokens: 100 };
    for (const stack of [SLOW, QUICK]) {
      const { query, turnOf } = await play(persona, { stack, rate: "1/s" });
      const rows = await query(`SELECT b.session, b.turn, b.scheduledAt - a.endAt, a.textLength
        FROM samples a JOIN samples b ON a.session = b.session AND b.turn = a.turn + 1`);
      expect(rows.length).toBeGreaterThan(15);
      for (const [session, turn, pause, length] of rows)
        expect(Number(pause)).toBeCloseTo(turnOf(session, turn).think + (Number(length) * 60_000) / (300 * 6), 3);
    }
  });

  test("users ask again as often, after such waits and with such a chance as their habit says", async () => {
    const retry = { share: "50%", times: 3, backoff: "1s", jitter: "50%", on: ["abandoned" as const] };
    const persona = { retry, patience: "1ms", maxTokens: 50 };
    const tried: number[] = [];
    for (const seed of [1, 2]) {
      const { query, turnOf } = await play(persona, { stack: SLOW, rate: "10/s", seed });
      const rows = await query(
        "SELECT session, turn, attempt, move, scheduledAt, endAt FROM samples ORDER BY session, attempt",
      );
      let before: readonly QueryValue[] = [];
      for (const row of rows) {
        const [session, turn, attempt, move, scheduledAt] = row;
        tried[Number(attempt)] = (tried[Number(attempt)] ?? 0) + 1;
        if (Number(attempt) > 0) {
          expect(move).toBe("retry");
          const wait = turnOf(session, turn).retries[Number(attempt) - 1] ?? Number.NaN;
          expect(Number(scheduledAt) - Number(before[5])).toBeCloseTo(wait, 3);
          expect(wait / 1000 / 2 ** (Number(attempt) - 1)).toBeGreaterThanOrEqual(0.5);
          expect(wait / 1000 / 2 ** (Number(attempt) - 1)).toBeLessThanOrEqual(1.5);
        } else expect(move).toBeNull();
        before = row;
      }
    }
    expect(tried).toHaveLength(4);
    // 800 askers, each asking again with a chance of a half: within four standard errors, and the run's end cuts few.
    for (let n = 1; n < 4; n++) {
      const [from = 0, to = 0] = [tried[n - 1], tried[n]];
      expect(Math.abs(to / from - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / from) + 0.03);
    }
  });
});

test("an answer that is stopped ends after its tokens or its time, and the conversation goes on from what was read", async () => {
  const stopped = await play({ turns: 2, stop: { share: "100%", tokens: 7 }, maxTokens: 60 });
  const rows = await stopped.query(
    "SELECT turn, outcome, reason, events, textLength > 0 FROM samples WHERE outcome NOT IN ('complete', 'capped')",
  );
  expect(rows.length).toBeGreaterThan(60);
  expect(new Set(rows.map((row) => JSON.stringify(row.slice(1))))).toEqual(new Set(['["cancelled","stopped",7,true]']));
  expect(new Set(rows.map(([turn]) => turn))).toEqual(new Set([0, 1]));
  const timed = await play({ stop: { share: "100%", after: "300ms" }, maxTokens: 200 });
  const times = await timed.query("SELECT endAt - firstTokenAt FROM samples WHERE reason = 'stopped'");
  expect(times.length).toBeGreaterThan(20);
  for (const [after] of times) expect(Number(after)).toBeCloseTo(300, 3);
});

test("whoever waits for more of an answer leaves after its patience with a stall", async () => {
  const { query } = await play({ patience: { stall: "30ms" }, maxTokens: 100 }, { rate: "8/s" });
  const [told] = await query("SELECT count(*), max(stall) FROM samples WHERE outcome IN ('complete', 'capped')");
  expect(Number(told?.[1])).toBeLessThanOrEqual(30.001);
  const gone = await query("SELECT endAt - lastTokenAt, stall FROM samples WHERE reason = 'patience:stall'");
  expect(gone.length).toBeGreaterThan(5);
  for (const [silence, stall] of gone) {
    expect(Number(silence)).toBeCloseTo(30, 3);
    expect(Number(stall)).toBeCloseTo(30, 3);
  }
});

test("an answer that is asked for again, or a question that is changed, takes the place of what came after it", async () => {
  const { query, workload } = await play({ turns: 4, regenerate: "30%", edit: "30%", maxTokens: 10 }, { rate: "4/s" });
  const rows = await query("SELECT session, turn, move, inputTokens FROM samples ORDER BY session, turn");
  const moves = rows.map(([, , move]) => move);
  expect(moves.filter((move) => move === "regenerate").length).toBeGreaterThan(100);
  expect(moves.filter((move) => move === "edit").length).toBeGreaterThan(100);
  const tokens = new Map(rows.map(([session, turn, , input]) => [`${Number(session)}.${Number(turn)}`, Number(input)]));
  for (const [session, turn, move, input] of rows) {
    const { instead } = workload.session(Number(session)).turns[Number(turn)] ?? {};
    expect(move).toBe(instead?.move ?? null);
    if (instead === undefined) continue;
    const original = tokens.get(`${Number(session)}.${instead.of}`) ?? Number.NaN;
    // The same conversation before it; a changed question is a few words longer.
    if (move === "regenerate") expect(Number(input)).toBe(original);
    else expect(Number(input) - original).toBeLessThan(20);
  }
});

test("a user has as many sessions at once as it has tabs, and comes back after its time, with what was said", async () => {
  const { query, summary, workload } = await play(
    { tabs: 2, returns: { share: "50%", after: "3s", history: "warm" }, maxTokens: 20 },
    { rate: "1/s" },
  );
  const users = await query(
    'SELECT "user", session, min(scheduledAt), max(endAt), min(inputTokens), max(outputTokens) FROM samples GROUP BY ALL',
  );
  const of = new Map(users.map((row) => [Number(row[1]), row]));
  let returned = 0;
  for (const [user, session, began, ended, input] of users) {
    const script = workload.session(Number(session));
    if (user === session) {
      const other = users.filter((row) => row[0] === user && row[1] !== session && row[2] === began);
      expect(other).toHaveLength(1);
    }
    const next = script.returns && of.get(script.returns.session);
    if (next === undefined) continue;
    returned++;
    expect(Number(next[2])).toBeCloseTo(Number(ended) + 3000, 3);
    expect(Number(next[4])).toBeGreaterThan(Number(input) + 10);
  }
  expect(returned).toBeGreaterThan(10);
  expect(summary.generator.delivered ?? 1).toBeLessThanOrEqual(1);
});

test("how long a reader at the persona's speed waits for text is measured", async () => {
  const slowly = await play({ reading: "100 words/min", maxTokens: 100 });
  const quickly = await play({ reading: "6000 words/min", maxTokens: 100 });
  const shares = async ({ query }: typeof slowly): Promise<number[]> =>
    (await query("SELECT rebuffer FROM samples WHERE rebuffer IS NOT NULL")).map(([share]) => Number(share));
  expect(mean(await shares(slowly))).toBeLessThan(0.01);
  expect(mean(await shares(quickly))).toBeGreaterThan(0.3);
});
