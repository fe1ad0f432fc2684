import type { Size } from "../types.ts";
import { chat, crowd, documents, HILL, LEVEL, long, RAMP, RESTED, SOAK, SPIKE, STAIRS, talk, WAVE } from "./loads.ts";
import {
  A100,
  A100X4,
  agent,
  BOUGHT,
  behindAll,
  H100,
  LAPTOP,
  llamacpp,
  RTX,
  sglang,
  twoApps,
  twoPools,
} from "./stacks.ts";

const PATIENT = ["ttft.p95 < 8s", "response.p95 < 60s", "errors.rate < 1%"];

/** Sound runs of many shapes; what is odd about each is no fault of the stack's. */
export const FRESH_HEALTHY: readonly Omit<Size, "plant">[] = [
  {
    name: "bursts",
    parts: { llm: { ...A100, replicas: 2 } },
    load: chat(14, { stages: STAIRS, arrivals: { process: "gamma", cv: 3 } }),
  },
  {
    name: "four fifths of what it carries",
    parts: { llm: { ...H100, engine: { maxSeqs: 32 } } },
    load: chat(15, { stages: LEVEL }),
  },
  { name: "four fifths, sglang", parts: { llm: sglang(RTX, { maxSeqs: 32 }) }, load: chat(6.2, { stages: SOAK }) },
  {
    name: "cold but enough",
    parts: {
      llm: {
        ...A100,
        replicas: 3,
        cold: 1,
        balancer: "least-outstanding",
        coldStart: { node: "20s", image: "20s", weights: "10s", init: "10s" },
      },
    },
    load: chat(8, { stages: SOAK }),
  },
  { name: "long prompts", parts: { llm: H100 }, load: long(2, 6000, { stages: RAMP }) },
  { name: "conversations, sglang", parts: { llm: sglang(H100) }, load: talk(1, 8, 300, { stages: LEVEL }) },
  {
    name: "conversations, closed",
    parts: { llm: { ...A100, replicas: 2, balancer: "session-hash" } },
    load: talk(40, 10, 150, { unit: "users", stages: [{ steady: "150s", at: "40 users" }] }),
  },
  { name: "everything before the model", parts: behindAll(H100), load: chat(12, { stages: WAVE }) },
  { name: "two applications", parts: twoApps(A100), load: chat(12, { stages: SPIKE }) },
  { name: "agents", parts: agent(H100), load: chat(1.5, { stages: RAMP, slo: PATIENT }) },
  { name: "next to nothing", parts: { llm: H100 }, load: chat(0.2, { stages: SOAK }) },
  { name: "one short stage", parts: { llm: A100 }, load: chat(8, { stages: [{ steady: "20s", at: "1x" }] }) },
  { name: "ten seconds", parts: { llm: sglang(A100) }, load: chat(2, { stages: [{ steady: "10s", at: "1x" }] }) },
  { name: "closed loop without thought", parts: { llm: A100 }, load: crowd(48, "0s") },
  {
    name: "one user on a laptop",
    parts: { llm: LAPTOP },
    load: crowd(1, "1s", { stages: [{ steady: "120s", at: "1 user" }], slo: PATIENT }),
  },
  { name: "bought by the token", parts: { provider: BOUGHT }, load: chat(4, { stages: HILL }) },
  { name: "70b, older cards", parts: { llm: A100X4 }, load: chat(4, { stages: HILL }) },
  {
    name: "autoscaled in time",
    parts: {
      llm: {
        ...A100,
        autoscale: {
          min: 2,
          max: 5,
          metric: "running",
          target: 20,
          coldStart: { node: "10s", image: "5s", weights: "5s", init: "5s" },
        },
      },
    },
    load: chat(12, { stages: RAMP }),
  },
  {
    name: "long prompts to a larger model",
    parts: {
      models: { kind: "router", rules: [{ when: { promptTokens: "> 800" }, to: "large" }], otherwise: "small" },
      small: RTX,
      large: A100X4,
    },
    load: long(3, 600, { stages: RAMP }),
  },
  {
    name: "far away",
    parts: {
      world: { kind: "regions", home: "asia", to: { europe: "llm" }, rtt: { asia: { europe: "250ms" } } },
      llm: H100,
    },
    load: chat(6, { stages: LEVEL }),
  },
  {
    name: "long answers that may be long",
    parts: { llm: { ...H100, answers: { median: 1200, p95: 2500, max: 4000 } } },
    load: chat(2, { stages: HILL, slo: PATIENT }),
  },
  {
    name: "answers from the cache",
    parts: { cache: { kind: "response-cache", to: "llm", entries: 500 }, llm: A100 },
    load: chat(60, { stages: LEVEL }),
  },
  { name: "no thresholds", parts: { llm: A100 }, load: chat(9, { stages: HILL, slo: [] }) },
  { name: "errors, few", parts: { provider: { ...BOUGHT, errors: 0.003 } }, load: chat(5, { stages: LEVEL }) },
  { name: "long rests", parts: { llm: sglang(A100) }, load: chat(8, { stages: RESTED }) },
  {
    name: "uneven but wide",
    parts: {
      ...twoPools(A100, A100),
      models: { kind: "router", rules: [], otherwise: { split: { left: 4, right: 1 } } },
    },
    load: chat(10, { stages: RAMP }),
  },
  {
    name: "memory well used",
    parts: { llm: RTX },
    load: long(2.2, 1500, { stages: LEVEL, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
  },
  { name: "slots, two thirds of them", parts: { llm: llamacpp(A100, 32) }, load: chat(9, { stages: SOAK }) },
  {
    name: "connections enough",
    parts: { edge: { kind: "gateway", to: "llm", concurrency: 40 }, llm: H100 },
    load: chat(14, { stages: HILL }),
  },
  {
    name: "documents in a cluster",
    parts: { llm: { ...sglang(A100), replicas: 3, balancer: "power-of-two" } },
    load: documents(4, 3000, 60, { stages: STAIRS, slo: ["ttft.p95 < 2s", "errors.rate < 1%"] }),
  },
];
