import { describe, expect, it } from "vitest";
import { type Episode, type FitResult, fitEngine } from "../../twin/index.ts";
import { renderFit } from "./fit.ts";
import { createFitView } from "./fit-progress.ts";

/** Twelve requests, of which every third takes half as long again as a step of 20 ms a token would have it. */
function episode(kind: string): Episode {
  return {
    kind,
    requests: Array.from({ length: 12 }, (_, i) => ({
      arrivedAt: 500 * i,
      scheduledAt: 500 * i,
      firstTokenAt: 500 * i + 60,
      lastTokenAt: 500 * i + 60 + 20 * 40 * (i % 3 === 0 ? 1.5 : 1),
      inputTokens: 600,
      outputTokens: 41,
      cachedTokens: Number.NaN,
    })),
  };
}

function fitted(kinds: readonly string[], change: (one: Episode) => Episode = (one) => one): FitResult {
  const observations = {
    source: "test",
    episodes: kinds.map(episode).map(change),
    engineClock: true,
    preemptions: undefined,
    kvPeak: undefined,
    notes: [],
  };
  let now = 0;
  return fitEngine(observations, { blocks: 2588 }, { seed: 1, holdout: 0, budgetMs: 200, now: () => now++ });
}

const plain = (result: FitResult): string => renderFit(result, { width: 100, color: false }).replaceAll(/\s+/g, " ");

describe("a fit as the terminal shows it", () => {
  it("sends to a probe from a run, and not from a probe", () => {
    expect(plain(fitted(["run"]))).toContain("plimsoll twin probe can tell more.");
    expect(plain(fitted(["idle", "ladder"]))).not.toContain("plimsoll twin probe");
  });

  it("puts the assumed setting next to a coefficient that it binds, where it would else be taken as identified", () => {
    const result = fitted(["run"]);
    const estimates = result.identification.estimates.map((one) => ({ ...one, identified: true }));
    const text = plain({ ...result, identification: { estimates, combination: undefined } });
    expect(text).toMatch(/ c2 [^(]*given 2048 tokens a step \(--token-budget\)/);
    expect(text).toContain("Assumed: asynchronous scheduling on (vllm's default, --async-scheduling).");
  });

  it("says plainly that few requests tell little", () => {
    expect(plain(fitted(["run"]))).toContain("12 requests were fitted: below 30 nothing is called identified.");
  });

  it("says once that the model never serves all requests", () => {
    const far = fitted(["run"], (one) => ({
      ...one,
      requests: one.requests.map((request, i) => (i === 0 ? { ...request, outputTokens: 40_000 } : request)),
    }));
    expect(far.warnings).toHaveLength(1);
    expect(far.warnings.join(" ").match(/it never serves all of them/g)).toHaveLength(1);
  });
});

describe("a fit's progress", () => {
  const progress = (simulations: number) => ({ stage: "search", simulations, left: 41_200 }) as const;

  it("is one line that is written over on a terminal, and wiped in the end", () => {
    const written: string[] = [];
    const view = createFitView((text) => written.push(text), { interactive: true, columns: () => 100, now: () => 0 });
    view.update(progress(1));
    view.update(progress(2));
    view.stop();
    expect(written).toEqual([
      "\r\u001b[2KSearching the step times: 1 simulation, at most 42 s left",
      "\r\u001b[2KSearching the step times: 2 simulations, at most 42 s left",
      "\r\u001b[2K",
    ]);
  });

  it("is a line every five seconds elsewhere, and none for a short fit", () => {
    const written: string[] = [];
    let now = 0;
    const view = createFitView((text) => written.push(text), {
      interactive: false,
      columns: () => 100,
      now: () => now,
    });
    for (now = 0; now <= 12_000; now += 100) view.update(progress(now));
    view.stop();
    expect(written.map((text) => text.replace(/,.*\n/, ""))).toEqual([
      "Searching the step times: 5",
      "Searching the step times: 10",
    ]);
  });
});
