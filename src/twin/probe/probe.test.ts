import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { type LiveTwin, serveTwin } from "../live/index.ts";
import { parseStack } from "../stack/index.ts";
import { queuedIn } from "./experiments.ts";
import { findingsOf, type ProbeResult, probeEngine } from "./index.ts";
import { settingsOf } from "./pages.ts";
import { Speed } from "./speed.ts";

const STACK = `
parts:
  llm:
    kind: pool
    preset: tiny
    engine: { maxSeqs: 4, costs: { c0: 4 }, noise: { sigma: 0, stallProbability: 0 } }
`;
const BUDGET = { ms: 8_000, requests: 60, tokens: 30_000 };

describe("a probe of a live twin", () => {
  let twin: LiveTwin;
  let result: ProbeResult;

  beforeAll(async () => {
    twin = await serveTwin({ spec: parseStack(STACK), host: "127.0.0.1", port: 0, tell: () => undefined });
    result = await ask(twin.url, BUDGET);
  }, 60_000);
  afterAll(() => twin.close());

  it("spends no more requests and tokens than it may, and ends with its time", () => {
    expect(result.spent.requests).toBeLessThanOrEqual(BUDGET.requests);
    expect(result.spent.tokens).toBeLessThanOrEqual(BUDGET.tokens);
    // What is open at the end is cancelled; the rest is the machine's own lateness.
    expect(result.spent.ms).toBeLessThan(BUDGET.ms * 1.5);
  });

  it("reads dialect, blocks and prefix caching off the metrics page", () => {
    expect(result.file.settings).toMatchObject({ dialect: "vllm", blocks: 641, blockSize: 16, prefixCache: true });
  });

  it("finds first tokens that grow with the prompt, and how many samples say so", () => {
    const { firstToken, idleGap } = findingsOf(result.file);
    expect(firstToken?.slope).toBeGreaterThan(0);
    expect(firstToken?.n).toBeGreaterThanOrEqual(3);
    // 4 ms a step; a first token that this machine reads late makes the rest look faster.
    expect(idleGap?.ms).toBeGreaterThan(3);
  });

  it("finds the batch limit where the ladder got that far, and says where it did not", () => {
    const { batchLimit, rungs } = findingsOf(result.file);
    if (rungs.some(({ streams }) => streams > 4)) expect(batchLimit).toBe(4);
    else expect(result.file.notes.join(" ")).toMatch(/ladder/);
  });

  it("gives up before it begins where the budget carries nothing", async () => {
    await expect(ask(twin.url, { ms: 60, requests: 8, tokens: 300 })).rejects.toMatchObject({ code: "PROBE_TOO_SLOW" });
  });
});

describe("a probe", () => {
  it("asks for the owner's word before it sends a byte to another machine", async () => {
    await expect(ask("http://192.0.2.1:8000", BUDGET)).rejects.toMatchObject({ code: "TARGET_NOT_OWNED" });
  });

  it("says that nothing answers where nothing does", async () => {
    const refused = ask("http://127.0.0.1:9", BUDGET);
    await expect(refused).rejects.toBeInstanceOf(PlimsollError);
    await expect(refused).rejects.toMatchObject({ exitCode: 122 });
  });

  it("knows engines by their pages", () => {
    const info = 'vllm:cache_config_info{block_size="16",enable_prefix_caching="False",num_gpu_blocks="2588"} 1.0';
    expect(settingsOf(info, undefined)).toEqual({ dialect: "vllm", blocks: 2588, blockSize: 16, prefixCache: false });
    const props = JSON.stringify({ total_slots: 8, default_generation_settings: { n_ctx: 2048 } });
    expect(settingsOf("llamacpp:requests_processing 0", props)).toEqual({
      dialect: "llamacpp",
      maxSeqs: 8,
      maxModelLen: 2048,
      blocks: 16_384,
      blockSize: 1,
    });
    expect(settingsOf(undefined, "<html>")).toEqual({});
  });

  it("tells who waited for a place from who was only slow", () => {
    const row = (firstTokenAt: number, lastTokenAt: number) => ({
      sentAt: 0,
      firstTokenAt,
      lastTokenAt,
      inputTokens: 1,
      outputTokens: 9,
      cachedTokens: null,
      stall: null,
      outcome: "complete",
    });
    expect(queuedIn([row(10, 100), row(20, 110), row(105, 200)])).toBe(1);
    expect(queuedIn([row(10, 100), row(90, 180)])).toBe(0);
  });

  it("foretells rather too long than too short", () => {
    const speed = new Speed();
    speed.sawFirst(10, 20);
    speed.sawFirst(30, 40);
    expect(speed.first(100)).toBe(110);
    expect(speed.first(5)).toBe(20);
    speed.sawGap(1, 8);
    speed.sawGap(4, 12);
    expect([speed.gap(1), speed.gap(2), speed.gap(8)]).toEqual([8, 16, 24]);
  });
});

function ask(url: string, budget: typeof BUDGET): Promise<ProbeResult> {
  return probeEngine({
    url,
    headers: {},
    iOwnThisTarget: false,
    budget,
    maxPrompt: 512,
    seed: 1,
    tell: () => undefined,
  });
}
