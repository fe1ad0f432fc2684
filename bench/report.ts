import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { summarySchema } from "../src/analyse/index.ts";
import { findChromium } from "../test/helpers/chromium.ts";
import { benchArgs } from "./lib/args.ts";
import { childrenCpuSeconds, requireProc } from "./lib/cpu.ts";
import { REPOSITORY, temporaryFolder } from "./lib/paths.ts";
import { buildProduct } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { printTable } from "./lib/table.ts";

/** How long does the report of a million attempts take, what does it hold, and how fast does its page open and scroll? */
const MAIN = join(REPOSITORY, "dist/cli/main.js");
const LOOK_EVERY_MS = 20;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly cpu: number;
  /** MB, the most that was ever resident. */
  readonly peak: number;
}

/** Runs the built command on all cores. */
function plimsoll(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const before = childrenCpuSeconds();
    const begun = performance.now();
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr, peak] = ["", "", 0];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-20_000);
    });
    const looks = setInterval(() => {
      peak = Math.max(peak, peakMegabytes(child.pid));
    }, LOOK_EVERY_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(looks);
      const seconds = (performance.now() - begun) / 1000;
      if (code !== 0) reject(new Error(`plimsoll ${args.join(" ")} ended with ${code}\n${stderr}`));
      else resolve({ stdout, stderr, seconds, cpu: childrenCpuSeconds() - before, peak });
    });
  });
}

function peakMegabytes(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1000;
  } catch {
    // It ended between two looks.
    return 0;
  }
}

/** A ramp over a fleet of tiny engines, two personas, prices, and a tenth of a percent of the texts kept. */
async function simulated(folder: string, attempts: number): Promise<string> {
  const seconds = Math.round(2120 * (attempts / 1_000_000));
  const part = (share: number): string => `${Math.round(seconds * share)}s`;
  const stack = join(folder, "stack.yaml");
  const plan = join(folder, "plan.yaml");
  writeFileSync(
    stack,
    JSON.stringify({ name: "fleet", seed: 3, parts: { llm: { kind: "pool", preset: "tiny", replicas: 24 } } }),
  );
  writeFileSync(
    plan,
    JSON.stringify({
      name: "report of many",
      seed: 3,
      target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
      expect: { peak: "500 sessions/s" },
      workload: {
        personas: [
          { name: "once", weight: 70, prompts: "faq", turns: 1, maxTokens: 8, patience: { median: "12s" } },
          { name: "twice", weight: 30, prompts: "faq", turns: 2, maxTokens: 8, think: { median: "2s" } },
        ],
      },
      stages: [
        { rest: part(0.03) },
        { steady: part(0.14), at: "0.5x" },
        { ramp: part(0.7), from: "0.2x", to: "1.5x" },
        { spike: part(0.03), from: "1x", to: "2x" },
        { recovery: part(0.1), at: "0.5x" },
      ],
      slo: ["errors.rate < 100%", "ttft.p95 < 1h", "itl.p99 < 1h"],
      prices: { input: "$0.15/M", output: "$0.60/M" },
      generator: { gaps: "0.1%", texts: "0.1%" },
      runs: folder,
    }),
  );
  const { stdout } = await plimsoll(["twin", "simulate", stack, "--plan", plan, "--json", "--no-page"]);
  const { run, total } = summarySchema.parse(JSON.parse(stdout));
  mustBe(total.attempts > 0.8 * attempts, `${total.attempts} attempts, wanted about ${attempts}`);
  return run.folder;
}

/** Long tasks (ms) of the page from now on. */
const WATCH = `window.longTasks = [];
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longTasks.push(duration); }).observe({ type: "longtask" });`;

/** Scrolls from the top to the end as a wheel does, a step a frame; resolves to the greatest time between two frames, ms. */
const SCROLL = `new Promise((settle) => {
  let [last, worst] = [performance.now(), 0];
  const step = (now) => {
    worst = Math.max(worst, now - last);
    last = now;
    const before = scrollY;
    scrollBy(0, 120);
    if (scrollY === before) settle(worst); else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

interface Look {
  /** Seconds from the call to the first frame with every figure in it. */
  readonly opens: number;
  /** ms */
  readonly longest: number;
  readonly worstFrame: number;
}

async function look(browser: Browser, file: string): Promise<Look> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 980 } });
  const begun = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.locator(".mark svg").waitFor();
  await page.locator("canvas").last().waitFor({ state: "attached" });
  await page.evaluate("new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(settle)))");
  const opens = (performance.now() - begun) / 1000;
  await page.evaluate(WATCH);
  const worstFrame = await page.evaluate<number>(SCROLL);
  const longest = await page.evaluate<number>("Math.max(0, ...window.longTasks)");
  await page.close();
  return { opens, longest, worstFrame };
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  requireProc();
  buildProduct(args.build);
  const attempts = args.quick ? 50_000 : 1_000_000;
  const folder = temporaryFolder();
  try {
    const run = await simulated(folder, attempts);
    const reports: Ended[] = [];
    for (let round = 0; round < args.rounds; round++) reports.push(await plimsoll(["report", run]));
    printTable(
      ["report of", "seconds", "CPU s", "peak MB"],
      reports.map(({ seconds, cpu, peak }) => [`${attempts.toLocaleString("en-US")} attempts`, seconds, cpu, peak]),
    );
    const executablePath = findChromium();
    const looks: Look[] = [];
    if (executablePath !== undefined) {
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      for (let round = 0; round < args.rounds; round++) looks.push(await look(browser, join(run, "report.html")));
      await browser.close();
      printTable(
        ["its page", "opens, s", "longest task while scrolled, ms", "longest frame, ms"],
        looks.map(({ opens, longest, worstFrame }) => ["", opens, longest, worstFrame]),
      );
    }
    const ofReports = (pick: (ended: Ended) => number): number => median(reports.map(pick));
    const ofLooks = (pick: (seen: Look) => number): number | undefined =>
      looks.length === 0 ? undefined : median(looks.map(pick));
    const why = "no Chromium";
    finish(
      "report",
      args,
      { attempts, reports: reports.map(({ seconds, cpu, peak }) => ({ seconds, cpu, peak })), looks },
      [
        { what: "report, s", limit: 10, sense: "at most", measured: ofReports(({ seconds }) => seconds) },
        { what: "report, peak resident MB", limit: 1000, sense: "at most", measured: ofReports(({ peak }) => peak) },
        { what: "page opens, s", limit: 2, sense: "at most", measured: ofLooks(({ opens }) => opens), why },
        {
          what: "longest task while scrolled, ms",
          limit: 50,
          sense: "at most",
          measured: ofLooks(({ longest }) => longest),
          why,
        },
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
