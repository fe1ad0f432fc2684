import { describe, expect, it } from "vitest";
import { parseProbe } from "./probe-file.ts";

const FILE = {
  schema: "plimsoll/probe/1",
  url: "http://127.0.0.1:8000/",
  at: "2026-11-24T13:00:00.000Z",
  model: "m",
  settings: { dialect: "vllm", maxSeqs: 8 },
  episodes: [{ kind: "idle", level: 32, requests: [request(100)] }],
};

function request(firstTokenAt: number | null) {
  return {
    sentAt: 50,
    firstTokenAt,
    lastTokenAt: 200,
    inputTokens: 32,
    outputTokens: 8,
    cachedTokens: null,
    stall: null,
    outcome: "complete",
  };
}

describe("a probe's file", () => {
  it("gives its experiments, each from its own start, and what the server said of itself", () => {
    const { observations, settings } = parseProbe(JSON.stringify(FILE), "probe.json");
    expect(settings).toEqual({ dialect: "vllm", maxSeqs: 8 });
    expect(observations.episodes[0]?.requests[0]).toMatchObject({ arrivedAt: 0, firstTokenAt: 50, lastTokenAt: 150 });
  });

  it("leaves out an experiment that lost a request, and counts it", () => {
    const lost = { kind: "ladder", level: 2, requests: [request(100), request(null)] };
    const { observations } = parseProbe(JSON.stringify({ ...FILE, episodes: [...FILE.episodes, lost] }), "probe.json");
    expect(observations.episodes).toHaveLength(1);
    expect(observations.notes).toEqual(["1 of the probe's episodes lost a request and are left out."]);
  });

  it("that is incomplete is fitted, and says so", () => {
    const incomplete = "interrupted after 2 of 6 experiments";
    const { observations } = parseProbe(JSON.stringify({ ...FILE, incomplete }), "probe.json");
    expect(observations.notes).toEqual([`The probe is incomplete: ${incomplete}.`]);
  });

  it.each([
    ["was cut off", JSON.stringify(FILE).slice(0, -9), "PROBE_FILE"],
    ["lacks its episodes", JSON.stringify({ ...FILE, episodes: undefined }), "PROBE_FILE"],
    ["has no experiment that came to its end", JSON.stringify({ ...FILE, episodes: [] }), "PROBE_EMPTY"],
  ])("that %s is told as a fault of that file", (_, text, code) => {
    expect(() => parseProbe(text, "probe.json")).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ code, file: "probe.json" })] }),
    );
  });
});
