import { describe, expect, it } from "vitest";
import { CAUSES } from "../bottleneck/table.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import type { Summary } from "../summary-schema.ts";
import type { Verdict } from "../verdict/schema.ts";
import { adviceOf } from "./advice.ts";
import { REMEDIES } from "./remedies.ts";
import { type Trial, withSimulatedGains } from "./simulated.ts";

describe("advice", () => {
  it("is there for every cause, begins with a verb, says why and what to test again", () => {
    expect(Object.keys(REMEDIES).toSorted()).toEqual(CAUSES.map(({ name }) => name).toSorted());
    for (const { name } of CAUSES) {
      const all = adviceOf(name, "llm");
      expect(all.length).toBeGreaterThan(0);
      for (const advice of all) {
        expect(advice.do).toMatch(/^[A-Z][a-z]+ .*\.$/);
        expect([advice.why, advice.retest].every((text) => text.length > 10)).toBe(true);
        expect(JSON.stringify(advice)).not.toContain("{}");
        expect(advice.gain).toBeUndefined();
      }
    }
  });

  it("estimates what an end of the waiting gains, with its formula, and names no gain that is not seen", () => {
    const [first] = adviceOf("batch-limit", "llm", { before: 1000, after: 5000, share: 0.9 });
    expect(first?.gain).toEqual({
      measure: "time in the system, mean, ms",
      before: 5000,
      after: 1400,
      by: "estimated",
    });
    expect(first?.why).toMatch(
      /Estimated at most: 5.00 s less 90 % of the 4.00 s|Estimated at most: 5 s less 90 % of the 4 s/,
    );
    expect(adviceOf("batch-limit", "llm", { before: 1000, after: 1050, share: 0.9 })[0]?.gain).toBeUndefined();
    expect(adviceOf("batch-limit", "llm", { before: 1000, after: Number.NaN, share: 1 })[0]?.gain).toBeUndefined();
  });
});

const BASE = factsOf({ stages: [{ kind: "steady", seconds: 10, at: 1 }] }).summary;

function summaryWith(p95: number, held = false): Summary {
  const metric = { n: 1000, p95 };
  const thresholds = [{ expression: "ttft.p95 < 1s", observed: p95, held, samples: 1000, unit: "ms" }];
  return {
    ...BASE,
    thresholds,
    total: { ...BASE.total, attempts: 100, outcomes: { complete: 100 }, metrics: { ttft: metric } },
  };
}

function verdictOn(cause: string): Verdict {
  const id = `bottleneck.${cause}/llm/1`;
  return {
    schema: "plimsoll/findings/1",
    run: "r",
    verdict: { word: "no-go", headline: "", because: [] },
    bottleneck: { first: id, runnersUp: [] },
    findings: [
      {
        id,
        kind: `bottleneck.${cause}`,
        severity: "high",
        title: "",
        component: "llm",
        from: 0,
        to: 1,
        evidence: [],
        confidence: 0.9,
        advice: [...adviceOf(cause, "llm", { before: 100, after: 9000, share: 1 })],
      },
    ],
    lacks: [],
  };
}

describe("advice tried on a twin", () => {
  it("is ranked by the gain that the twin shows, which replaces the estimate", async () => {
    const trial: Trial = async ({ fields }) => summaryWith(fields[0]?.path[0] === "replicas" ? 500 : 4000);
    const { findings } = await withSimulatedGains(verdictOn("batch-limit"), summaryWith(8000), trial);
    expect(findings[0]?.advice.map(({ do: what, gain }) => [what, gain])).toEqual([
      ["Add a replica of llm.", { measure: "ttft.p95, ms", before: 8000, after: 500, by: "simulated" }],
      [
        "Raise the number of sequences that llm runs at once (max_num_seqs, slots), doubling it at most from one run to the next.",
        { measure: "ttft.p95, ms", before: 8000, after: 4000, by: "simulated" },
      ],
    ]);
    expect(JSON.stringify(findings)).not.toContain("Estimated");
  });

  it("comes after other advice, and says so, where it makes another broken limit worse", async () => {
    const withResponse = (p95: number, response: number): Summary => {
      const one = summaryWith(p95);
      const slower = { expression: "response.p95 < 15s", observed: response, held: false, samples: 1000, unit: "ms" };
      return { ...one, thresholds: [...one.thresholds, slower] };
    };
    const trial: Trial = async ({ fields }) =>
      fields[0]?.path[0] === "replicas" ? withResponse(4000, 16_000) : withResponse(500, 63_500);
    const { findings } = await withSimulatedGains(verdictOn("batch-limit"), withResponse(8000, 37_500), trial);
    const [replica, batch] = findings[0]?.advice ?? [];
    expect(replica?.why).not.toContain("harm");
    expect(batch?.do).toMatch(/^Raise the number of sequences/);
    expect(batch?.why).toContain("it does harm elsewhere: response.p95 < 15s goes from 37.5 s to 63.5 s.");
  });

  it("keeps advice that cannot be tried there without a simulated gain", async () => {
    const { findings } = await withSimulatedGains(verdictOn("kv-cache"), summaryWith(8000), async () => undefined);
    expect(findings[0]?.advice.map(({ gain }) => gain?.by)).toEqual([undefined, undefined, undefined]);
  });

  it("claims no gain on a twin that holds what the run broke, and says that it is unlike", async () => {
    const before = verdictOn("batch-limit");
    const after = await withSimulatedGains(before, summaryWith(100, true), async () => summaryWith(50, true));
    expect(after.findings).toEqual(before.findings);
    expect(after.lacks.map(({ rule }) => rule)).toEqual(["advice"]);
  });
});
