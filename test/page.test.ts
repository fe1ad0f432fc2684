import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "./helpers/chromium.ts";
import { cli, ROOT } from "./helpers/cli.ts";
import { workspace } from "./helpers/workspace.ts";

const executablePath = findChromium();
const space = workspace();
afterAll(() => space.remove());

const WIDE = { width: 1440, height: 980 };
const NARROW = { width: 390, height: 844 };
/** ms: far above what a page needs on a busy machine, far below what a reader would wait. bench/ has the time itself. */
const OPENS_WITHIN = 15_000;

const PLAN = {
  name: "page under test",
  target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
  expect: { peak: "4 sessions/s" },
  workload: { personas: [{ name: "user", prompts: "faq", turns: 1, patience: { median: "8s" } }] },
  stages: [{ rest: "5s" }, { ramp: "60s", from: "0.5x", to: "3x" }, { recovery: "15s", at: "0.5x" }],
  slo: ["errors.rate < 1%", "ttft.p95 < 800ms", "cost.perGoodAnswer < $0.01"],
  prices: { input: "$0.15/M", output: "$0.60/M" },
  generator: { texts: "20%", gaps: "20%" },
};

let file = "";
let told = "";
let browser: Browser;

beforeAll(async () => {
  if (executablePath === undefined) return;
  const stack = join(space.path, "stack.yaml");
  writeFileSync(stack, JSON.stringify({ parts: { llm: { kind: "pool", preset: "tiny" } } }));
  const ended = await cli(["twin", "simulate", stack, "--plan", space.plan(PLAN), "--weakness", "kv-too-small"]);
  told = ended.stdout;
  file = join(space.runs().at(-1) ?? "", "report.html");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}, 400_000);
afterAll(() => browser?.close());

/** What follows runs in the page. */
const LABELS = `[...document.querySelectorAll(".mark svg text")].map((text) => {
  const { left, right, top, bottom } = text.getBoundingClientRect();
  return { left, right, top, bottom };
})`;

/** Marks what the Tab key has to reach, and counts it; of radio buttons of one name the chosen one. */
const MARK_STOPS = `(() => {
  const all = [...document.querySelectorAll("a[href], button, select, summary, input, [tabindex='0']")];
  const stops = all.filter((one) => one.checkVisibility() && !one.disabled && (one.type !== "radio" || one.checked));
  for (const [i, one] of stops.entries()) one.dataset.stop = String(i);
  return stops.length;
})()`;

const WATCH_PRINT = `addEventListener("beforeprint", () => {
  const closed = document.querySelectorAll("details:not([open])").length;
  window.atPrint = { closed, paper: getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() };
})`;

const SHIFTS = `new Promise((settle) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => settle(sum)));
})`;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Opened {
  readonly page: Page;
  /** Errors of the page and of its console, and requests for anything but the file itself. */
  readonly faults: readonly string[];
  readonly took: number;
}

async function open(path: string, viewport: typeof WIDE, dark = false): Promise<Opened> {
  const page = await browser.newPage({ viewport, colorScheme: dark ? "dark" : "light" });
  const url = pathToFileURL(path).href;
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(request.url());
  });
  const begun = performance.now();
  await page.goto(url);
  await page.locator("h1").waitFor({ timeout: OPENS_WITHIN });
  return { page, faults, took: performance.now() - begun };
}

describe.skipIf(executablePath === undefined)("report.html in Chromium", () => {
  test("stands in the run's folder, small, and the terminal tells where", () => {
    expect(told).toMatch(/^Report {6}\S+report\.html$/m);
    expect(statSync(resolve(ROOT, "dist/web/report.html")).size).toBeLessThan(2 * 1024 ** 2);
  });

  test("answers the four questions on its first screen, without scrolling, errors or requests", async () => {
    const { page, faults, took } = await open(file, WIDE);
    const first = page.locator("#verdict");
    await expect(first.locator(".word").textContent()).resolves.toMatch(/^(GO|NO-GO|CAN'T TELL)$/);
    await expect(page.locator("h1").textContent()).resolves.toMatch(/\d/);
    for (const part of [".word", "h1", ".keys", ".mark svg", ".why, h2 + p", ".trust"]) {
      const box = await first.locator(part).first().boundingBox();
      expect((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0), part).toBeLessThanOrEqual(WIDE.height);
    }
    expect(await page.locator(".mark svg").getAttribute("aria-label")).toMatch(/^Load line\..*expected peak is 4/);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await page.waitForLoadState("networkidle");
    expect(faults).toEqual([]);
    expect(took).toBeLessThan(OPENS_WITHIN);
    await page.close();
  });

  test.each([WIDE, NARROW])(
    "scrolls in no other direction than down at $width pixels, by day and by night",
    async (viewport) => {
      for (const dark of [false, true]) {
        const { page } = await open(file, viewport, dark);
        expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
        await page.close();
      }
    },
  );

  test("draws the labels of the load line apart from each other", async () => {
    for (const viewport of [WIDE, NARROW]) {
      const { page } = await open(file, viewport);
      const boxes = await page.evaluate<readonly Box[]>(LABELS);
      expect(boxes.length).toBeGreaterThan(5);
      for (const [i, a] of boxes.entries()) {
        for (const b of boxes.slice(i + 1)) {
          const apart = a.right <= b.left || b.right <= a.left || a.bottom - 3 <= b.top || b.bottom - 3 <= a.top;
          expect(apart, JSON.stringify([a, b])).toBe(true);
        }
      }
      await page.close();
    }
  });

  test("can be used by keys alone: every control is reached, and a chart's cursor and zoom move", async () => {
    const { page } = await open(file, WIDE);
    const wanted = await page.evaluate<number>(MARK_STOPS);
    expect(wanted).toBeGreaterThan(40);
    const reached = new Set<string>();
    for (let i = 0; i < wanted + 20; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate<string | undefined>("document.activeElement.dataset.stop");
      if (typeof stop === "string") reached.add(stop);
    }
    expect(reached.size).toBe(wanted);
    const chart = page.locator("#t-load .plot");
    await chart.focus();
    for (const key of ["ArrowRight", "ArrowRight", "+"]) await page.keyboard.press(key);
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/^0:0\d, asked for .*, started /);
    await expect(page.locator(".readout").textContent()).resolves.toMatch(/stage rest[\s\S]*shown: 0:0\d to 0:[1-4]\d/);
    await page.keyboard.press("Escape");
    await expect(page.locator(".readout").textContent()).resolves.toMatch(/shown: 0:00 to 1:/);
    await page.close();
  });

  test("links the cursors of all figures over time", async () => {
    const { page } = await open(file, WIDE);
    const chart = page.locator("#t-load .plot");
    await chart.scrollIntoViewIfNeeded();
    await chart.hover({ position: { x: 500, y: 40 } });
    await expect(page.locator("#t-ttft .label output").first().textContent()).resolves.toMatch(/ (ms|s)$/);
    await expect(page.locator(".readout output").textContent()).resolves.toMatch(/^0:\d\d, stage ramp$/);
    await page.close();
  });

  test("is printed with every section open, black on white, and is as it was afterwards", async () => {
    const { page } = await open(file, WIDE, true);
    await page.evaluate(WATCH_PRINT);
    const closed = await page.locator("details:not([open])").count();
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(await page.evaluate("atPrint")).toEqual({ closed: 0, paper: "#fbfaf7" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const colours = await page.evaluate(
      "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))",
    );
    expect(colours).toEqual(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
    expect(closed).toBeGreaterThan(0);
    expect(await page.locator("details:not([open])").count()).toBe(closed);
    await page.close();
  });

  test("shows hostile names and texts as text", async () => {
    const attack = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>\u2028$&<!--";
    const html = readFileSync(file, "utf8");
    const data: unknown = JSON.parse(
      /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? "",
    );
    const attacked = JSON.stringify(data, (key, value: unknown) =>
      typeof value === "string" &&
      ["name", "headline", "title", "answer", "prompt", "words", "do", "part"].includes(key)
        ? `${value} ${attack}`
        : value,
    );
    const { renderPage } = await import("../src/report/page/write-page.ts");
    const template = readFileSync(resolve(ROOT, "dist/web/report.html"), "utf8");
    const path = join(space.path, "hostile.html");
    writeFileSync(path, renderPage(template, JSON.parse(attacked)));
    const { page, faults } = await open(path, WIDE);
    expect(faults).toEqual([]);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    await expect(page.locator("h1").textContent()).resolves.toContain("<img src=x");
    await expect(page.title()).resolves.toContain("</script>");
    expect(await page.locator("img").count()).toBe(0);
    await page.close();
  });

  test("says of a run that was killed at once that nothing was measured", async () => {
    const folder = join(space.path, "runs", "killed");
    mkdirSync(folder);
    copyFileSync(join(dirname(file), "plan.json"), join(folder, "plan.json"));
    const { code } = await cli(["report", folder]);
    expect(code).toBe(0);
    const { page, faults } = await open(join(folder, "report.html"), NARROW);
    await expect(page.locator("#verdict").textContent()).resolves.toMatch(/nothing was measured|no request was made/i);
    await expect(page.locator("#verdict").textContent()).resolves.toContain("killed before it could end");
    expect(await page.locator("canvas").count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("hands out its data as files, and names no address in the web", async () => {
    const html = readFileSync(file, "utf8");
    const { page } = await open(file, NARROW);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "timeline.csv" }).click();
    const saved = await (await download).path();
    const [header = "", ...rows] = readFileSync(saved, "utf8").split("\r\n");
    expect(header).toContain("ttft.p95 (ms)");
    expect(rows.length).toBeGreaterThan(70);
    expect(html).not.toMatch(/https?:\/\/(?!127\.0\.0\.1|www\.w3\.org)/);
    await page.close();
  });

  test("moves nothing once it is drawn", async () => {
    const { page } = await open(file, WIDE);
    const moved = await page.evaluate<number>(SHIFTS);
    expect(moved).toBeLessThan(0.01);
    await page.close();
  });
});
