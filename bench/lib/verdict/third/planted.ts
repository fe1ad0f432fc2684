import type { Kind } from "../types.ts";
import { ask, BENT, blend, dialogue, FLAT, LATE, letters, room, TERRACES, TWICE } from "./loads.ts";
import { DENSE, EXPERTS, planner, search, WIDE, withEngine } from "./stacks.ts";

const PATIENT = ["ttft.p90 < 2500ms", "errors.rate < 0.5%"];

/** Weaknesses of engines, written when the rules had been mended twice, before they were read. */
export const THIRD_ENGINES: readonly Kind[] = [
  {
    name: "batch too small",
    right: ["batch-limit"],
    sizes: [
      {
        name: "experts",
        parts: { brain: EXPERTS },
        plant: { brain: { engine: { maxSeqs: 7 } } },
        load: ask(14, { stages: TERRACES }),
      },
      {
        name: "a planner's model",
        parts: planner(DENSE),
        plant: { brain: { engine: { maxSeqs: 9 } } },
        load: ask(2.6, { stages: BENT, slo: ["ttft.p90 < 7s", "errors.rate < 0.5%"] }),
      },
      {
        name: "slots after a search, closed",
        parts: search(withEngine(WIDE, { dialect: "llamacpp", maxSeqs: 32, blocks: 52_000, blockSize: 1 })),
        plant: { brain: { engine: { dialect: "llamacpp", maxSeqs: 5, blocks: 52_000, blockSize: 1 } } },
        load: room(30, "3s"),
      },
    ],
  },
  {
    name: "KV too small",
    right: ["kv-cache"],
    sizes: [
      {
        name: "memory shared with another",
        parts: { brain: WIDE },
        plant: { brain: { utilisation: 0.4 } },
        load: letters(5, 800, 250, { stages: TERRACES }),
      },
      {
        name: "few blocks for dense letters",
        parts: { brain: { ...DENSE, replicas: 2 } },
        plant: { brain: { engine: { blocks: 700 } } },
        load: letters(6, 1500, 200, { stages: TWICE, slo: PATIENT }),
      },
      {
        name: "experts, sglang, some letters",
        parts: { brain: withEngine(EXPERTS, { dialect: "sglang" }) },
        plant: { brain: { engine: { dialect: "sglang", blocks: 13_000, blockSize: 1 } } },
        load: blend(14, 1600, { stages: LATE }),
      },
    ],
  },
  {
    name: "prefill",
    right: ["prefill"],
    sizes: [
      {
        name: "one machine for three's letters",
        parts: { brain: { ...DENSE, replicas: 3, balancer: "power-of-two" } },
        plant: { brain: { replicas: 1 } },
        load: letters(5, 3000, 16, { stages: BENT, slo: PATIENT }),
      },
      {
        name: "the planner's tools say too much",
        right: ["prefill", "context-growth"],
        parts: planner(withEngine(EXPERTS, { prefixCache: false })),
        plant: planner(withEngine(EXPERTS, { prefixCache: false }), 9000),
        load: ask(3, { stages: TERRACES, slo: ["ttft.p90 < 5s", "errors.rate < 0.5%"] }),
      },
      {
        name: "few tokens a step",
        right: ["prefill", "batch-limit"],
        parts: { brain: WIDE },
        plant: { brain: { engine: { tokenBudget: 96 } } },
        load: letters(5, 1300, 30, { stages: LATE }),
      },
    ],
  },
  {
    name: "decode",
    right: ["decode"],
    sizes: [
      {
        name: "weights in sixteen bits",
        parts: { brain: { ...DENSE, quantization: "int4" } },
        plant: { brain: { quantization: "bf16" } },
        load: ask(3, { stages: FLAT, slo: ["tpot.p90 < 18ms", "errors.rate < 0.5%"] }),
      },
      {
        name: "no drafts",
        parts: { brain: withEngine(WIDE, { speculation: { tokens: 3, acceptance: 0.85 } }) },
        plant: { brain: { engine: {} } },
        load: ask(3, { stages: TERRACES, slo: ["tpot.p90 < 17ms", "errors.rate < 0.5%"] }),
      },
    ],
  },
  {
    name: "memory leak",
    right: ["memory", "kv-cache"],
    sizes: [
      {
        name: "wide",
        parts: { brain: withEngine(WIDE, { blocks: 2600 }) },
        plant: { brain: { engine: { blocks: 2600, leak: 6 } } },
        load: ask(4, { stages: FLAT }),
      },
      {
        name: "both replicas",
        parts: { brain: { ...withEngine(EXPERTS, { blocks: 4000 }), replicas: 2 } },
        plant: { brain: { faults: [{ do: "leak", blocks: 20 }] } },
        load: ask(16, { stages: [{ steady: "140s", at: "1x" }] }),
      },
    ],
  },
  {
    name: "no prefix cache",
    right: ["prefill", "context-growth"],
    sizes: [
      {
        name: "twelve turns of the dense one",
        parts: { brain: withEngine(DENSE, { dialect: "sglang" }) },
        plant: { brain: { engine: { dialect: "sglang", prefixCache: false } } },
        load: dialogue(0.5, 12, 500, { stages: [{ steady: "150s", at: "1x" }] }),
      },
    ],
  },
  {
    name: "long outputs",
    right: ["output-length"],
    sizes: [
      {
        name: "experts explain at length, closed",
        parts: { brain: EXPERTS },
        plant: { brain: { answers: { median: 1100, p95: 2000, max: 3000 } } },
        load: room(20, "2s", { slo: ["response.p90 < 7s", "errors.rate < 0.5%"] }),
      },
      {
        name: "a search that tells stories",
        parts: search(DENSE),
        plant: { brain: { answers: { median: 800, p95: 1500, max: 2000 } } },
        load: ask(1, { stages: TERRACES, slo: ["response.p90 < 12s", "errors.rate < 0.5%"] }),
      },
    ],
  },
  {
    name: "host stalls",
    right: ["pauses"],
    sizes: [
      {
        name: "experts on a busy host",
        parts: { brain: EXPERTS },
        plant: {
          brain: { engine: { noise: { sigma: 0.05, stallProbability: 0.006, stallMin: "250ms", stallMax: "600ms" } } },
        },
        load: blend(6, 500, { stages: BENT, slo: ["stall.p90 < 200ms", "errors.rate < 0.5%"] }),
      },
      {
        name: "all three stand still",
        parts: { brain: { ...WIDE, replicas: 3 } },
        plant: {
          brain: {
            faults: [
              { do: "freeze", at: "45s", for: "5s" },
              { do: "freeze", at: "70s", for: "5s" },
              { do: "freeze", at: "95s", for: "5s" },
            ],
          },
        },
        load: ask(7, { stages: FLAT, slo: ["stall.p95 < 1500ms", "errors.rate < 0.5%"] }),
      },
    ],
  },
];
