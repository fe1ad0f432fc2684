import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { closedPort } from "../../../test/helpers/raw-server.ts";
import { findingsOf, probeEngine } from "./index.ts";

const { PLIMSOLL_LLAMA_SERVER: server, PLIMSOLL_LLAMA_MODEL: model } = process.env;
const there = server !== undefined && model !== undefined;
if (!there) console.warn("skipped: no real engine (set PLIMSOLL_LLAMA_SERVER and PLIMSOLL_LLAMA_MODEL to probe one)");

describe.skipIf(!there)("a probe of llama.cpp's server", () => {
  it("finds its slots, its context and its prompt cache, within its budget", async () => {
    const port = await closedPort();
    const args = ["-m", model ?? "", "--parallel", "2", "-c", "2048", "-t", "1", "--metrics", "--port", String(port)];
    const child = spawn(server ?? "", args, { stdio: "ignore" });
    try {
      const url = `http://127.0.0.1:${port}`;
      while (!(await healthy(url))) await pause(200);
      const budget = { ms: 40_000, requests: 60, tokens: 20_000 };
      const result = await probeEngine({
        url,
        headers: {},
        iOwnThisTarget: false,
        budget,
        maxPrompt: 128,
        seed: Date.now() % 2 ** 31,
        tell: () => undefined,
      });
      expect(result.file.settings).toMatchObject({ dialect: "llamacpp", maxSeqs: 2, maxModelLen: 1024, blocks: 2048 });
      expect(result.spent.requests).toBeLessThanOrEqual(budget.requests);
      const { firstToken, prefix } = findingsOf(result.file);
      expect(firstToken?.slope).toBeGreaterThan(0);
      if (prefix !== undefined) expect(prefix.cached).toBe(true);
    } finally {
      child.kill();
    }
  }, 120_000);
});

async function healthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    (answer) => answer.ok,
    () => false, // not listening yet
  );
}
