import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { OUTCOME_NAMES, type Outcome } from "../base/index.ts";
import { assertMayLoad, resolvePlan } from "../plan/index.ts";
import type { Tally } from "../record/index.ts";
import { spentBudget } from "./budget-watch.ts";
import { DeadTargetGuard } from "./dead-target-guard.ts";
import { checkFileDescriptors } from "./file-descriptors.ts";
import { sharedCapWarnings, workerCount } from "./workers.ts";

function tally(counts: Partial<Record<Outcome, number>>): Tally {
  return {
    backlog: 0,
    warnings: [],
    cells: [
      {
        stage: 0,
        persona: 0,
        sessions: 0,
        outcomes: OUTCOME_NAMES.map((name) => counts[name] ?? 0),
        good: 0,
        tokens: { input: 0, cached: 0, output: 0, reasoning: 0 },
        cost: 0,
        metrics: {},
      },
    ],
  };
}

const guards = { allFailedFor: 10_000, allFailedMinimum: 20 };

test("a run whose every attempt failed for the stated while is stopped, and not before", () => {
  const guard = new DeadTargetGuard(guards);
  for (let at = 0; at <= 9000; at += 1000) guard.add(tally({ refused: 3 }), at);
  expect(guard.verdict(9000)).toBeUndefined();
  expect(guard.verdict(10_000)).toContain("All 30 attempts");
});

test("one answer in the while keeps the run alive, a filtered one too", () => {
  for (const alive of ["complete", "capped", "filtered"] as const) {
    const guard = new DeadTargetGuard(guards);
    for (let at = 0; at <= 20_000; at += 1000)
      guard.add(tally(at === 15_000 ? { failed: 5, [alive]: 1 } : { failed: 5 }), at);
    expect(guard.verdict(20_000)).toBeUndefined();
    expect(guard.verdict(25_000)).toBeDefined();
  }
});

test("few failures, and ends that are not the target's fault, stop nothing", () => {
  const guard = new DeadTargetGuard(guards);
  for (let at = 0; at <= 30_000; at += 1000) guard.add(tally({ abandoned: 50 }), at);
  guard.add(tally({ failed: 19 }), 30_000);
  expect(guard.verdict(30_000)).toBeUndefined();
  expect(new DeadTargetGuard({ ...guards, allFailedFor: 0 }).verdict(99_999)).toBeUndefined();
});

test("each limit of a budget stops a run when it is reached, with the figure and the limit in the sentence", () => {
  const spent = { cost: 9.99, tokens: 100, counted: 10, outstanding: 0, elapsed: 1000, requestsGone: false };
  expect(spentBudget({}, { ...spent, requestsGone: true })).toBeUndefined();
  expect(spentBudget({ cost: 10, tokens: 101, duration: 1001, requests: 5 }, spent)).toBeUndefined();
  expect(spentBudget({ cost: 9.99 }, spent)).toContain("$9.99");
  expect(spentBudget({ tokens: 100 }, spent)).toContain("100 tokens");
  expect(spentBudget({ cost: 12, tokens: 119 }, { ...spent, outstanding: 2 })).toContain("120 tokens");
  expect(spentBudget({ requests: 5 }, { ...spent, requestsGone: true })).toContain("5 requests");
  expect(spentBudget({ duration: 1000 }, spent)).toContain("1s");
});

test("closed users beyond the limit of open files are refused before the run, a mere cap is only warned of", () => {
  expect(checkFileDescriptors({ least: 100, most: 200 }, 1024)).toEqual([]);
  expect(checkFileDescriptors({ least: 100, most: 4096 }, 1024)[0]?.code).toBe("FEW_FILES");
  expect(() => checkFileDescriptors({ least: 1000, most: 4096 }, 1024)).toThrowError(/1000 sockets/);
  expect(checkFileDescriptors({ least: 1e6, most: 1e6 }, undefined)).toEqual([]);
});

test("load goes to loopback, to hosts on the user's list, and elsewhere only on the owner's word", async () => {
  const config = mkdtempSync(join(tmpdir(), "plimsoll-allow-"));
  onTestFinished(() => rmSync(config, { recursive: true }));
  mkdirSync(join(config, "plimsoll"));
  writeFileSync(
    join(config, "plimsoll", "allowed-targets"),
    "# ours\nStaging.example.com\n*.internal.example.org # all\n",
  );
  const env = { XDG_CONFIG_HOME: config };
  for (const host of [
    "127.0.0.1:80",
    "127.9.9.9",
    "localhost:8000",
    "[::1]:80",
    "staging.example.com",
    "a.internal.example.org",
  ]) {
    await expect(assertMayLoad(`http://${host}/v1`, false, env)).resolves.toBeUndefined();
  }
  for (const host of [
    "example.com",
    "10.0.0.1",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "internal.example.org",
    "[::2]",
  ]) {
    await expect(assertMayLoad(`http://${host}/v1`, false, env)).rejects.toMatchObject({
      code: "TARGET_NOT_OWNED",
      exitCode: 104,
    });
    await expect(assertMayLoad(`http://${host}/v1`, true, env)).resolves.toBeUndefined();
  }
});

test("a cap that makes sessions wait gets one worker and one queue, unless the plan insists", () => {
  const target = { url: "http://127.0.0.1:1/v1", model: "m" };
  const capped = resolvePlan({ target, workload: { maxUsers: 8 } }).plan;
  expect(workerCount(capped, 16)).toBe(1);
  expect(workerCount(resolvePlan({ target }).plan, 16)).toBe(15);
  const insisting = resolvePlan({ target, workload: { maxUsers: 8 }, generator: { workers: 4 } }).plan;
  expect(workerCount(insisting, 16)).toBe(4);
  expect(sharedCapWarnings(insisting, 4)[0]?.code).toBe("CAP_SHARED");
  expect(sharedCapWarnings(capped, 1)).toEqual([]);
});

test("a limit relative to a baseline is accepted where only a rest stage can be it", () => {
  const stages = [{ rest: "4s" }, { steady: "4s", at: "1/s" }];
  const plan = { target: { url: "http://127.0.0.1:1/v1", model: "m" }, stages, slo: ["ttft.p50 < baseline * 2"] };
  expect(resolvePlan(plan).plan.slo[0]?.limit).toEqual({ kind: "baseline", factor: 2 });
});
