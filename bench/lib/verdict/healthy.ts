import { CLIMB, chat, LEVEL, long, STEPS, talk } from "./loads.ts";
import { A100, H100X4, rag, TINY } from "./stacks.ts";
import type { Size } from "./types.ts";

/** Sound stacks of their own kinds, beside every planted stack without its plant. */
export const HEALTHY: readonly Omit<Size, "plant">[] = [
  {
    name: "bursty",
    parts: { llm: { ...A100, replicas: 2 } },
    load: chat(8, {
      stages: [{ rest: "20s" }, { spike: "60s", from: "0.3x", to: "1x" }, { steady: "60s", at: "0.5x" }],
    }),
  },
  { name: "70b", parts: { llm: H100X4 }, load: long(2, 900, { stages: CLIMB }) },
  {
    name: "least outstanding",
    parts: { llm: { ...TINY, replicas: 3, balancer: "least-outstanding" } },
    load: chat(9, { stages: STEPS }),
  },
  {
    name: "rag with cache",
    parts: { cache: { kind: "response-cache", to: "app", entries: 1000 }, ...rag(A100) },
    load: chat(8, { stages: CLIMB }),
  },
  {
    name: "conversations",
    parts: { llm: { ...A100, replicas: 2, balancer: "prefix-aware" } },
    load: talk(1, 6, 120, { stages: LEVEL }),
  },
  { name: "small load", parts: { llm: TINY }, load: chat(0.8, { stages: CLIMB }) },
];
