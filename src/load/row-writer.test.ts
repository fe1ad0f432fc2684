import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { resolvePlan } from "../plan/index.ts";
import type { SamplesMessage } from "../record/index.ts";
import { Board } from "./board.ts";
import { RowWriter } from "./row-writer.ts";
import { requestOf } from "./unsent.ts";

test("rows keep their stage, persona and outcome however many distinct texts a run has met before", async () => {
  const { plan } = resolvePlan({
    target: { url: "http://127.0.0.1:1/v1", model: "m" },
    workload: { personas: [{ name: "early" }, { name: "late" }] },
    stages: [{ rest: "1s" }, { recovery: "1s", at: "1/s" }],
    generator: { texts: "0%", gaps: "0%" },
  });
  const { port1, port2 } = new MessageChannel();
  const texts: string[] = [];
  let last: SamplesMessage | undefined;
  const closed = new Promise<void>((resolve) => {
    port2.on("message", (message: SamplesMessage | { kind: "closed" }) => {
      if (message.kind === "closed") {
        resolve();
        return;
      }
      texts.push(...message.newTexts);
      last = message;
    });
  });
  const rows = new RowWriter({ plan, worker: 0, board: new Board(1), recorder: port1 });
  const write = (stage: number, persona: number, promptId: string, outcome: "complete" | "severed"): void => {
    const forever = Number.POSITIVE_INFINITY;
    const waits = { think: 0, patience: forever, stallPatience: forever, retries: [] };
    const turn = { promptId, prompt: "x", content: "x", ...waits, maxTokens: undefined };
    const script = { session: 1, persona, system: undefined, tabs: 1, turns: [turn] };
    const exchange = rows.claim(stage, persona, 1, 0);
    exchange.outcome = outcome;
    const place = { script, index: 0, turn, agent: 0, step: 0 };
    const request = requestOf({ plan }, place, 0, { messages: [], previousId: undefined });
    rows.write(exchange, { request, place, move: undefined, stage, scheduledAt: 0, dueAt: 0, inFlight: 1 });
    rows.release(exchange);
  };
  for (let i = 0; i < 70_000; i++) write(0, 0, `prompt:${i}`, "complete");
  write(1, 1, "prompt:last", "severed");
  rows.close();
  await closed;
  port2.close();
  const at = (last?.rows ?? 0) - 1;
  const { stage, persona, outcome } = last?.columns ?? {};
  expect([stage, persona, outcome].map((codes) => texts[codes?.[at] ?? -1])).toEqual(["recovery", "late", "severed"]);
});
