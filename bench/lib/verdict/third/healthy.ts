import type { Size } from "../types.ts";
import { ask, BENT, blend, dialogue, FLAT, LATE, letters, room, TERRACES, TWICE } from "./loads.ts";
import { DENSE, EXPERTS, HOSTED, planner, quarters, search, station, WIDE, withEngine } from "./stacks.ts";

const SLOW_OK = ["ttft.p90 < 3s", "response.p90 < 40s", "errors.rate < 0.5%"];

/** Sound runs; what is odd about each is no fault of the stack's. */
export const THIRD_HEALTHY: readonly Omit<Size, "plant">[] = [
  { name: "experts, calm", parts: { brain: EXPERTS }, load: ask(10, { stages: TERRACES }) },
  {
    name: "gusts",
    parts: { brain: { ...DENSE, replicas: 2, balancer: "power-of-two" } },
    load: ask(7, { stages: FLAT, arrivals: { process: "gamma", cv: 2.5 } }),
  },
  { name: "two crowds", parts: search(EXPERTS), load: ask(12, { stages: TWICE }) },
  { name: "late crowd", parts: { brain: WIDE }, load: ask(8, { stages: LATE }) },
  {
    name: "speculating",
    parts: { brain: withEngine(WIDE, { speculation: { tokens: 3, acceptance: 0.8 } }) },
    load: ask(5, { stages: BENT }),
  },
  {
    name: "letters and questions",
    parts: { brain: { ...EXPERTS, replicas: 2 } },
    load: blend(10, 2500, { stages: FLAT }),
  },
  {
    name: "planner at work",
    parts: planner(EXPERTS),
    load: ask(2, { stages: BENT, slo: ["ttft.p90 < 5s", "errors.rate < 0.5%"] }),
  },
  {
    name: "planner, closed",
    parts: planner(DENSE),
    load: room(10, "4s", { slo: ["ttft.p90 < 9s", "errors.rate < 0.5%"] }),
  },
  {
    name: "slots, half of them",
    parts: { brain: withEngine(WIDE, { dialect: "llamacpp", maxSeqs: 40, blocks: 52_000, blockSize: 1 }) },
    load: ask(6, { stages: TERRACES }),
  },
  {
    name: "guests who talk on",
    parts: { brain: { ...DENSE, replicas: 2, balancer: "session-hash" } },
    load: dialogue(0.6, 12, 250, { stages: FLAT }),
  },
  { name: "four pools", parts: quarters(WIDE), load: ask(16, { stages: BENT }) },
  {
    name: "uneven by design",
    parts: {
      fork: { kind: "router", rules: [], otherwise: { split: { strong: 3, weak: 1 } } },
      strong: EXPERTS,
      weak: WIDE,
    },
    load: ask(10, { stages: TERRACES }),
  },
  {
    name: "hosted, a little slow to start",
    parts: { hosted: { ...HOSTED, slowStart: { share: 0.03, extra: { median: "900ms", p99: "2s" } } } },
    load: ask(4, { stages: FLAT, slo: SLOW_OK }),
  },
  {
    name: "one retry saves the day",
    parts: {
      door: { kind: "gateway", to: "hosted", retries: { count: 2, backoff: "100ms" } },
      hosted: { ...HOSTED, errors: { rate: 0.01, status: 503 } },
    },
    load: ask(5, { stages: FLAT, slo: SLOW_OK }),
  },
  {
    name: "wide ring of regions",
    parts: {
      world: {
        kind: "regions",
        home: "islands",
        to: { north: "brain" },
        rtt: { islands: { north: { median: "180ms", p99: "300ms" } } },
      },
      brain: DENSE,
    },
    load: room(25, "3s"),
  },
  {
    name: "rarely called tool, slow",
    parts: {
      desk: { kind: "app", to: "brain", steps: [{ call: "archive", share: 0.03 }] },
      archive: station("tool", 4, "1500ms", "3s"),
      brain: EXPERTS,
    },
    load: ask(8, { stages: BENT }),
  },
  {
    name: "cache that misses half",
    parts: { answers: { kind: "response-cache", to: "brain", entries: 6, singleFlight: false }, brain: DENSE },
    load: ask(6, { stages: TERRACES }),
  },
  {
    name: "much for a little while",
    parts: { brain: EXPERTS },
    load: ask(20, { stages: [{ steady: "20s", at: "1x" }] }),
  },
  { name: "two people", parts: search(DENSE), load: room(2, "1s", { stages: [{ steady: "100s", at: "1x" }] }) },
  {
    name: "letters within bounds",
    parts: { brain: { ...withEngine(DENSE, { dialect: "sglang" }), replicas: 2 } },
    load: letters(3, 2500, 60, { stages: LATE, slo: SLOW_OK }),
  },
  {
    name: "scaled in good time",
    parts: {
      brain: {
        ...WIDE,
        balancer: "least-outstanding",
        autoscale: {
          min: 2,
          max: 4,
          metric: "running",
          target: 15,
          coldStart: { node: "10s", image: "10s", weights: "5s", init: "5s" },
        },
      },
    },
    load: ask(10, { stages: BENT }),
  },
  {
    name: "long answers, patiently",
    parts: { brain: { ...DENSE, answers: { median: 900, p95: 1600, max: 2500 } } },
    load: ask(1, { stages: FLAT, slo: ["ttft.p90 < 1s", "response.p90 < 60s"] }),
  },
];
