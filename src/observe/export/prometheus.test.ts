import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Warning } from "../../base/index.ts";
import { isMapping } from "../../plan/index.ts";
import { ROWS } from "./panels.ts";
import { startExport } from "./start.ts";
import { IDENTITY, observedPoints, ownPoints } from "./test/a-run.ts";

const PROMETHEUS = process.env["PLIMSOLL_PROMETHEUS"] ?? "prometheus";
const isThere = spawnSync(PROMETHEUS, ["--version"]).status === 0;
if (!isThere)
  console.warn("NOT TESTED: remote write and the dashboard against a real Prometheus. Install Debian's `prometheus`.");

/** ms that a cold start on a busy machine may take. */
const START = 30_000;

describe.skipIf(!isThere)("a real Prometheus", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-prometheus-"));
  let server: ChildProcess | undefined;
  let url = "";
  const warnings: Warning[] = [];

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, "prometheus.yml"), "global: {}\n");
    server = spawn(
      PROMETHEUS,
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--web.enable-remote-write-receiver",
        "--log.level=warn",
      ],
      { stdio: "ignore" },
    );
    await until(async () => (await fetch(`${url}/-/ready`)).ok, START);
  }, START + 5000);

  afterAll(async () => {
    const gone = new Promise((resolve) => server?.once("exit", resolve));
    server?.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  test("takes a run's figures, answers every query of the dashboard, and sees its series end", async () => {
    const seconds = 60;
    const now = Date.now();
    let at = now - seconds * 1000;
    const exporter = await startExport({
      plan: { labels: {}, remoteWrite: { url: `${url}/api/v1/write`, headers: {} } },
      identity: IDENTITY,
      onWarning: (warning) => warnings.push(warning),
      now: () => at,
    });
    if (exporter === undefined) throw new Error("nothing was started");
    for (let second = 0; second < seconds; second += 5) {
      at = now - (seconds - second) * 1000;
      exporter.observed(observedPoints(second));
      const stage = second < 30 ? "warm-up" : "peak";
      exporter.tell(
        ownPoints(second).map((point) =>
          point.name === "plimsoll.run.stage" ? { ...point, labels: { stage, kind: "steady" } } : point,
        ),
      );
    }
    const last = at / 1000;
    at = now;
    await exporter.close();
    expect(warnings).toEqual([]);

    const empty: string[] = [];
    for (const { panels } of ROWS) {
      for (const { title, queries } of panels) {
        for (const { promql } of queries) {
          const asked = promql
            .replaceAll("$__rate_interval", "30s")
            .replaceAll("$plan", 'a \\"plan\\"')
            .replaceAll("$run", "r-1");
          const found = await query(url, asked, last);
          if (found.length === 0) empty.push(title);
        }
      }
    }
    expect(empty).toEqual([]);
    expect(await query(url, "rate(plimsoll_requests_started_total[30s])", last)).toEqual([1]);
    expect(await query(url, "plimsoll_requests_in_flight", last)).toEqual([1]);
    expect(await query(url, 'plimsoll_run_stage{stage="warm-up"}', last - 40)).toEqual([1]);
    expect(await query(url, 'plimsoll_run_stage{stage="warm-up"}', last)).toEqual([]);
    const [median = Number.NaN] = await query(url, "histogram_quantile(0.5, plimsoll_ttft_seconds_bucket)", last);
    expect(median).toBeGreaterThan(0.2);
    expect(median).toBeLessThan(0.3);
    expect(await query(url, "plimsoll_requests_in_flight", now / 1000 + 1)).toEqual([]);
  }, 60_000);
});

/** Values of an instant query at a time, s since 1970. */
async function query(url: string, promql: string, time: number): Promise<number[]> {
  const answer = await fetch(`${url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: promql, time: String(time) }),
  });
  const body: unknown = await answer.json();
  if (!isMapping(body) || body.status !== "success") throw new Error(`${promql}: ${JSON.stringify(body)}`);
  const { data } = body;
  const result: unknown = isMapping(data) ? data.result : undefined;
  if (!Array.isArray(result)) throw new Error(`${promql}: no vector`);
  return result.filter(isMapping).map(({ value }) => (Array.isArray(value) ? Number(value[1]) : Number.NaN));
}

async function until(isTrue: () => Promise<boolean>, most: number): Promise<void> {
  const limit = Date.now() + most;
  for (;;) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
    if (Date.now() > limit) throw new Error("it did not start");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
