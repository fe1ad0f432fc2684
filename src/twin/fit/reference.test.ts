import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readEvidence } from "./evidence.ts";
import { fitEngine } from "./fit.ts";

const root = process.env.PLIMSOLL_REFERENCE_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const requests = `${root}/engine-runs/rtx4090-llama-3.1-8b/requests.jsonl`;
const there = existsSync(requests);
if (!there)
  console.warn("skipped: no reference data (set PLIMSOLL_REFERENCE_DATA to the folder that holds engine-runs/)");

describe.skipIf(!there)(
  "a real vLLM on an RTX 4090 whose KV cache saturates, fitted on the first half of its requests",
  () => {
    it("is predicted on the second half: time a token to 5 %, response mean and p99 to 10 %, first token to 15 %", async () => {
      const { observations, settings } = await readEvidence({ runs: [], requests });
      const result = fitEngine(observations, settings, { seed: 1, holdout: 0.5, budgetMs: 1, now: () => 0 });
      const off = (name: string): number => {
        const found = result.held?.measures.find((measure) => measure.name === name);
        return Math.abs((found?.predicted ?? Number.NaN) / (found?.measured ?? Number.NaN) - 1);
      };
      expect(off("tpot mean")).toBeLessThan(0.05);
      expect(off("e2e mean")).toBeLessThan(0.1);
      expect(off("e2e p99")).toBeLessThan(0.1);
      expect(off("ttft mean")).toBeLessThan(0.15);
      const c0 = result.identification.estimates.find(({ name }) => name === "c0");
      // A fixed cost of 17 ms is what the card needs to read the weights; one saturated run cannot tell it from what its contexts add.
      expect(c0?.identified).toBe(false);
      expect(c0?.low).toBeLessThan(17);
    }, 300_000);
  },
);
