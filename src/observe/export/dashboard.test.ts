import { expect, test } from "vitest";
import { isMapping } from "../../plan/index.ts";
import { grafanaDashboard } from "./dashboard.ts";
import { EXPORTED, OBSERVED, prometheusName } from "./metrics.ts";
import { ROWS } from "./panels.ts";

const NAMES = new Set([...EXPORTED, ...OBSERVED.values()].map(prometheusName));
const QUERIES = ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ promql }) => promql)));

test("every query asks for metrics that a run tells, of the chosen plan and run", () => {
  for (const promql of QUERIES) {
    const names = namesIn(promql);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !NAMES.has(name))).toEqual([]);
    expect(promql.match(/\{plan=~"\$plan",run=~"\$run"/g)).toHaveLength(names.length);
  }
});

test("every figure of a run's own is on the dashboard", () => {
  const asked = new Set(QUERIES.flatMap(namesIn));
  // Told for alerts and for the choice of a run, drawn nowhere.
  const undrawn = [
    "elapsed",
    "itl",
    "samples",
    "sessions.started",
    "sessions.ended",
    "requests.started",
    "received",
    "sent",
  ];
  const drawn = EXPORTED.filter(({ name }) => !undrawn.some((end) => name.endsWith(end)));
  expect(drawn.map(prometheusName).filter((name) => !asked.has(name))).toEqual([]);
});

test("names follow Prometheus: a unit, and _total for counters", () => {
  expect([...NAMES].filter((name) => !/^[a-z][a-zA-Z0-9_]*$/.test(name))).toEqual([]);
  for (const metric of EXPORTED) expect(prometheusName(metric).endsWith("_total")).toBe(metric.kind === "counter");
  expect(NAMES).toContain("plimsoll_received_bytes_total");
  expect(NAMES).toContain("plimsoll_latency_seconds");
  expect(NAMES).toContain("plimsoll_cost_dollars_total");
});

test("panels lie beside and below one another, none on another", () => {
  const places = panelsOf(grafanaDashboard()).map(({ gridPos }) => gridPos);
  const cells = new Set<string>();
  for (const place of places) {
    if (!isPlace(place)) throw new Error("a panel without a place");
    expect(place.x + place.w).toBeLessThanOrEqual(24);
    for (let x = place.x; x < place.x + place.w; x++) {
      for (let y = place.y; y < place.y + place.h; y++) {
        expect(cells).not.toContain(`${x},${y}`);
        cells.add(`${x},${y}`);
      }
    }
  }
});

/** Of a histogram's buckets the histogram. */
function namesIn(promql: string): readonly string[] {
  return [...promql.matchAll(/plimsoll_\w+/g)].map(([name]) => name.replace(/_bucket$/, ""));
}

function panelsOf(dashboard: object): readonly Record<string, unknown>[] {
  const panels: unknown = Reflect.get(dashboard, "panels");
  return Array.isArray(panels) ? panels.filter(isMapping) : [];
}

function isPlace(value: unknown): value is { x: number; y: number; w: number; h: number } {
  return isMapping(value) && ["x", "y", "w", "h"].every((key) => typeof value[key] === "number");
}
