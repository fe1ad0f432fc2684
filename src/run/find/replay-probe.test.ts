import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { resolvePlan } from "../../plan/index.ts";
import { replayAt } from "./replay-probe.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-find-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a probe of a plan that replays a trace asks for its load in the mean, of the trace's own requests, for about its time", () => {
  const file = join(folder, "trace.csv");
  const rows = Array.from({ length: 600 }, (_, i) => `${i / 2 + (i % 7) / 20},${100 + (i % 9)},7`);
  writeFileSync(file, `arrived_at,num_prefill_tokens,num_decode_tokens\n${rows.join("\n")}\n`);
  const target = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" };
  const { plan } = resolvePlan({ target, stages: [{ replay: file }] }, { env: {} });
  const replay = plan.stages[0]?.replay;
  if (replay === undefined) throw new Error("no replay");
  for (const load of [0.5, 2, 7, 900]) {
    for (const duration of [60_000, 900_000]) {
      const stage = replayAt(replay, load, 3, { name: "probe", from: 1000, duration });
      const { sessions = 0 } = stage.replay ?? {};
      expect(sessions / (stage.duration / 1000) / load).toBeGreaterThan(0.85);
      expect(sessions / (stage.duration / 1000) / load).toBeLessThan(1.15);
      expect(stage.duration / duration).toBeGreaterThan(0.65);
      expect(stage.duration / duration).toBeLessThan(1.5);
      expect([stage.from, stage.name]).toEqual([1000, "probe"]);
    }
  }
});
