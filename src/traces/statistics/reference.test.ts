import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { presetDistances } from "../presets/nearest.ts";
import { LENGTH_PERCENTILES, type LengthStatistics } from "./lengths.ts";
import { describeTrace } from "./read.ts";

const root = process.env.PLIMSOLL_REFERENCE_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const there = existsSync(`${root}/traces/azure-code-2023.csv`);
if (!there) console.warn("skipped: no reference data (set PLIMSOLL_REFERENCE_DATA to the folder that holds traces/)");

function percentiles(lengths: LengthStatistics | undefined): (number | undefined)[] {
  return LENGTH_PERCENTILES.map((p) => lengths?.[p]);
}

async function statisticsOf(file: string) {
  const { statistics, faults } = await describeTrace({ file: `${root}/traces/${file}` });
  expect(faults).toEqual([]);
  if (statistics === undefined) throw new Error(`${file} has no statistics`);
  return statistics;
}

describe.skipIf(!there)("a recorded trace has the statistics that were published for it", () => {
  it("Azure's code trace of 2023: the burstiest", async () => {
    const { requests, length, rate, input, output, correlation } = await statisticsOf("azure-code-2023.csv");
    expect([requests, Math.round(length / 60_000)]).toEqual([8819, 57]);
    expect(rate?.mean).toBeCloseTo(2.57, 2);
    expect(rate?.cv).toBeCloseTo(13.2, 1);
    expect(["1s", "10s", "60s"].map((window) => Math.round(rate?.idc[window as "1s"] ?? 0))).toEqual([13, 71, 161]);
    expect(rate?.peakToMean).toBeCloseTo(26.1, 1);
    expect(Math.round(input.mean)).toBe(2048);
    expect(percentiles(input)).toEqual([147, 578, 1469, 2745, 5194, 7315, 7436]);
    expect([input.logMean, input.logSd].map((value) => value.toFixed(2))).toEqual(["7.00", "1.36"]);
    expect(Math.round(output.mean)).toBe(28);
    expect(percentiles(output)).toEqual([7, 9, 13, 24, 55, 90, 252]);
    expect([output.logMean, output.logSd].map((value) => value.toFixed(2))).toEqual(["2.79", "0.85"]);
    expect(correlation).toBeCloseTo(0.001, 3);
  });

  it("Azure's conversation trace of 2023", async () => {
    const { requests, rate, input, output, correlation } = await statisticsOf("azure-conv-2023.csv");
    expect(requests).toBe(19_366);
    expect(rate?.mean).toBeCloseTo(5.53, 2);
    expect(rate?.cv).toBeCloseTo(1.09, 2);
    expect([rate?.idc["1s"]?.toFixed(1), rate?.idc["10s"]?.toFixed(0), rate?.idc["60s"]?.toFixed(1)]).toEqual([
      "1.4",
      "4",
      "20.6",
    ]);
    expect(rate?.peakToMean).toBeCloseTo(2.9, 1);
    expect([Math.round(input.mean), Math.round(output.mean)]).toEqual([1155, 211]);
    expect(percentiles(input)).toEqual([207, 396, 1020, 1189, 2735, 4083, 4142]);
    expect(percentiles(output)).toEqual([54, 85, 129, 395, 424, 451, 601]);
    expect(correlation).toBeCloseTo(-0.11, 2);
  });

  it("the first 3,000 requests of Mooncake's conversations, with their prefixes", async () => {
    const { requests, rate, input, output, reuse } = await statisticsOf("mooncake-conversation-first-3000.jsonl");
    expect(requests).toBe(3000);
    // Published for all 12,031: an index of 2.1 at 10 s, 36.6 % reuse. These are of the part, by an independent computation.
    expect(rate?.idc["10s"]).toBeCloseTo(2.0356, 4);
    expect(reuse).toEqual({ share: expect.closeTo(0.319724, 6), blockTokens: 512, requests: 3000 });
    expect(percentiles(input)).toEqual([981, 2710, 7985, 17054, 29304, 45135, 94764]);
    expect(percentiles(output)).toEqual([25, 160, 361, 481, 606, 698, 1079]);
  });

  it.each([
    ["azure-code-2023.csv", "bursty-code"],
    ["azure-conv-2023.csv", "steady-chat"],
    ["mooncake-conversation-first-3000.jsonl", "long-context-chat"],
  ])("%s is nearest to the preset that was made from it, %s", async (file, name) => {
    const [first, second] = presetDistances(await statisticsOf(file));
    expect(first?.name === name || first?.distance === second?.distance).toBe(true);
    expect(first?.distance).toBeLessThan(0.15);
  });
});
