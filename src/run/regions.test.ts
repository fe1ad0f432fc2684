import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolvePlan } from "../plan/index.ts";
import { openRun } from "../record/index.ts";
import { PACED_DEFAULTS, startPaced } from "../twin/index.ts";
import { run } from "./run.ts";

test("a real target sees a far region's requests after the round trip, each region at its own URL", async () => {
  const runs = await mkdtemp(join(tmpdir(), "plimsoll-regions-"));
  const home = await startPaced(PACED_DEFAULTS);
  try {
    const url = `${home.url}/v1`;
    const { plan } = resolvePlan({
      name: "regions",
      target: { url, protocol: "openai-chat", model: "paced-1" },
      workload: {
        personas: [{ name: "user", prompts: ["hello"], maxTokens: 3 }],
        arrivals: { process: "constant" },
        regions: [{ name: "near" }, { name: "far", rtt: "150ms", url: "http://127.0.0.1:1/v1" }],
        failover: { at: "1s", from: "far", to: "near", rtt: "80ms" },
      },
      stages: [{ steady: "2s", at: "10/s" }],
      guards: { allFailedFor: 0 },
      runs,
    });
    const { run: made } = await run(plan);
    const folder = await openRun(made.folder);
    try {
      const { rows } = await folder.query(`SELECT region, scheduledAt >= 1000 AS later, bool_and(outcome = 'refused'),
        bool_or(outcome = 'refused'), min(endAt - startedAt) FROM samples GROUP BY 1, 2 ORDER BY 1, 2`);
      expect(rows.map((row) => row.slice(0, 4))).toEqual([
        ["far", false, true, true],
        ["far", true, false, false],
        ["near", false, false, false],
        ["near", true, false, false],
      ]);
      expect(Number(rows[0]?.[4])).toBeGreaterThanOrEqual(150);
      expect(Number(rows[1]?.[4])).toBeGreaterThanOrEqual(80);
    } finally {
      folder.close();
    }
  } finally {
    await home.close();
    await rm(runs, { recursive: true });
  }
}, 60_000);
