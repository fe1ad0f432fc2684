import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { type EvidenceRequest, readEvidence } from "./evidence.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-evidence-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function faultsOf(request: EvidenceRequest): Promise<PlimsollError["faults"]> {
  try {
    await readEvidence(request);
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults;
    throw error;
  }
  return [];
}

function rows(count: number): string {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ arrival: i, isl: 10, osl: 5, ttft: 0.1, e2e: 1 }),
  ).join("\n");
}

describe("what a fit is asked to look at", () => {
  it("is named for what it is where it is neither a probe's file nor a run folder, all of them at once", async () => {
    mkdirSync(join(folder, "empty"));
    const faults = await faultsOf({
      runs: [join(folder, "nothing.json"), file("table.csv", "a,b\n1,2\n"), join(folder, "empty")],
    });
    expect(faults.map(({ code, message }) => [code, message.replace(folder, "")])).toEqual([
      ["FIT_SOURCE", "There is no such file, and no such run folder."],
      ["FIT_SOURCE", "The file is no probe's, and a run is a folder."],
      ["FIT_SOURCE", "The folder holds neither a run nor a probe.json."],
    ]);
    for (const { hint } of faults) expect(hint).toContain("--requests");
  });

  it("is told as a fault with a hint where a table is not there, whether its folder is or not", async () => {
    for (const name of ["nofile.csv", "nowhere/nofile.csv"]) {
      const faults = await faultsOf({ runs: [], requests: join(folder, name) });
      expect(faults).toEqual([
        expect.objectContaining({
          code: "REQUESTS_FILE",
          message: "There is no such file.",
          hint: expect.stringMatching(/^Check the path/),
        }),
      ]);
    }
  });

  it("is refused below ten requests, however few there are, and taken from ten on", async () => {
    for (const [count, said] of [
      [0, "0 answered requests are there"],
      [1, "1 answered request is there"],
      [9, "9 answered requests are there"],
    ] as const) {
      const text = count === 0 ? JSON.stringify({ arrival: 1, isl: 10, osl: 0, ttft: 0.1, e2e: 1 }) : rows(count);
      const faults = await faultsOf({ runs: [], requests: file(`few${count}.jsonl`, text) });
      expect(faults).toEqual([
        expect.objectContaining({ code: "FIT_FEW", message: `${said}; a fit needs at least 10.` }),
      ]);
    }
    expect(await faultsOf({ runs: [], requests: file("ten.jsonl", rows(10)) })).toEqual([]);
  });
});
