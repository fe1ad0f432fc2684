import { ask, BENT, blend, FLAT, LATE, letters, room, TERRACES, TWICE } from "../third/loads.ts";
import { HOSTED, planner, quarters, search, station, withEngine } from "../third/stacks.ts";
import type { Kind, Parts, Size } from "../types.ts";

const SHORT = { median: 90, p95: 260, max: 500 };
/** Other cards again: eight bits on H200s, four on L40s, an older large one. */
const LARGE = {
  kind: "pool",
  model: "llama-3-70b",
  gpu: "h200",
  tensorParallel: 2,
  quantization: "fp8",
  answers: SHORT,
};
const SMALL = { kind: "pool", model: "llama-3-8b", gpu: "l40s", quantization: "int4", answers: SHORT };
const CRISP = ["ttft.p95 < 1500ms", "errors.rate < 1%"];
const clinic = (llm: Parts[string]): Parts => ({
  lobby: { kind: "gateway", to: "nurse", time: "2ms" },
  nurse: {
    kind: "app",
    to: "doctor",
    time: "5ms",
    cores: 6,
    steps: [{ call: "files", adds: 150 }, { call: "checks" }],
  },
  files: { kind: "vector-db", servers: 4, service: { median: "12ms", p99: "45ms" } },
  checks: station("guard", 10, "20ms", "70ms"),
  doctor: llm,
});

/** Written when the rules had been mended by the third set, and run once. */
export const FOURTH: readonly Kind[] = [
  {
    name: "batch too small",
    right: ["batch-limit"],
    sizes: [
      {
        name: "clinic",
        parts: clinic(SMALL),
        plant: { doctor: { engine: { maxSeqs: 5 } } },
        load: ask(9, { stages: BENT, slo: CRISP }),
      },
      {
        name: "large, closed",
        parts: { doctor: LARGE },
        plant: { doctor: { engine: { maxSeqs: 6 } } },
        load: room(35, "2s", { slo: CRISP }),
      },
    ],
  },
  {
    name: "KV too small",
    right: ["kv-cache"],
    sizes: [
      {
        name: "small, letters",
        parts: { doctor: SMALL },
        plant: { doctor: { engine: { blocks: 420 } } },
        load: letters(6, 900, 200, { stages: TERRACES, slo: CRISP }),
      },
      {
        name: "large, blend",
        parts: { doctor: LARGE },
        plant: { doctor: { engine: { blocks: 500 } } },
        load: blend(9, 1200, { stages: BENT, slo: CRISP }),
      },
    ],
  },
  {
    name: "prefill",
    right: ["prefill"],
    sizes: [
      {
        name: "one of four, letters",
        parts: { doctor: { ...LARGE, replicas: 4 } },
        plant: { doctor: { replicas: 1 } },
        load: letters(6, 2600, 16, { stages: TERRACES, slo: CRISP }),
      },
    ],
  },
  {
    name: "decode",
    right: ["decode"],
    sizes: [
      {
        name: "unquantised",
        parts: { doctor: SMALL },
        plant: { doctor: { quantization: "bf16" } },
        load: ask(3, { stages: BENT, slo: ["tpot.p95 < 18ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "memory leak",
    right: ["memory", "kv-cache"],
    sizes: [
      {
        name: "clinic",
        parts: clinic(withEngine(SMALL, { blocks: 1800 })),
        plant: { doctor: { engine: { blocks: 1800, leak: 4 } } },
        load: ask(6, { stages: FLAT, slo: CRISP }),
      },
    ],
  },
  {
    name: "long outputs",
    right: ["output-length"],
    sizes: [
      {
        name: "hosted",
        parts: { hosted: HOSTED },
        plant: { hosted: { answers: { median: 1500, p95: 2400, max: 4000 } } },
        load: ask(3, { stages: TWICE, slo: ["response.p95 < 10s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "host stalls",
    right: ["pauses"],
    sizes: [
      {
        name: "large",
        parts: { doctor: LARGE },
        plant: {
          doctor: { engine: { noise: { sigma: 0.05, stallProbability: 0.01, stallMin: "300ms", stallMax: "800ms" } } },
        },
        load: ask(5, { stages: TERRACES, slo: ["stall.p95 < 250ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "sick replica",
    right: ["sick-replica"],
    sizes: [
      {
        name: "one of four is slow",
        parts: { doctor: { ...SMALL, replicas: 4 } },
        plant: { doctor: { faults: [{ do: "slow", replica: 2, factor: 5 }] } },
        load: ask(14, { stages: BENT, slo: ["tpot.p95 < 25ms", "errors.rate < 1%"] }),
      },
      {
        name: "two deaths of one of two",
        parts: { doctor: { ...LARGE, replicas: 2 } },
        plant: {
          doctor: {
            faults: [
              { do: "crash", replica: 0, at: "50s", restart: "10s" },
              { do: "crash", replica: 0, at: "85s", restart: "10s" },
            ],
          },
        },
        load: ask(6, { stages: FLAT, slo: CRISP }),
      },
    ],
  },
  {
    name: "router skew",
    right: ["imbalance"],
    sizes: [
      {
        name: "quarters of small",
        parts: quarters(withEngine(SMALL, { maxSeqs: 8 })),
        plant: { fork: { otherwise: { split: { alder: 1, birch: 8, cedar: 1, larch: 1 } } } },
        load: ask(13, { stages: TERRACES, slo: CRISP }),
      },
    ],
  },
  {
    name: "slow dependency",
    right: ["dependency"],
    sizes: [
      {
        name: "files",
        component: "files",
        parts: clinic(SMALL),
        plant: { files: { servers: 1, service: { median: "120ms", p99: "400ms" } } },
        load: ask(9, { stages: TERRACES, slo: CRISP }),
      },
      {
        name: "mail fails",
        component: "mail",
        parts: planner(SMALL),
        plant: { mail: { outages: [{ from: "40s", for: "40s", status: 502, share: 0.6 }] } },
        load: ask(3, { stages: FLAT, slo: ["ttft.p95 < 9s", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "rate limit",
    right: ["rate-limit"],
    sizes: [
      {
        name: "lobby's keys",
        parts: clinic(SMALL),
        plant: { lobby: { limits: { requestsPerMinute: 200, burst: "10s" } } },
        load: ask(8, { stages: TWICE, slo: CRISP }),
      },
    ],
  },
  {
    name: "connection cap",
    right: ["connections"],
    sizes: [
      {
        name: "nurses",
        parts: clinic(SMALL),
        plant: { nurse: { concurrency: 6 } },
        load: ask(9, { stages: BENT, slo: CRISP }),
      },
    ],
  },
  {
    name: "application CPU",
    right: ["application"],
    component: "nurse",
    sizes: [
      {
        name: "clinic",
        parts: clinic(SMALL),
        plant: { nurse: { time: "150ms", cores: 1 } },
        load: ask(9, { stages: TERRACES, slo: CRISP }),
      },
    ],
  },
  {
    name: "cache forgets",
    right: ["cache"],
    sizes: [
      {
        name: "half a second",
        parts: {
          answers: { kind: "response-cache", to: "doctor", entries: 500 },
          doctor: withEngine(SMALL, { maxSeqs: 10 }),
        },
        plant: { answers: { ttl: "500ms", singleFlight: false } },
        load: ask(30, { stages: LATE, slo: ["ttft.p95 < 500ms", "errors.rate < 1%"] }),
      },
    ],
  },
  {
    name: "slow network",
    right: ["network"],
    sizes: [
      {
        name: "to the clinic",
        parts: {
          world: { kind: "regions", home: "hills", to: { valley: "lobby" }, rtt: { hills: { valley: "70ms" } } },
          ...clinic(SMALL),
        },
        plant: { world: { rtt: { hills: { valley: { median: "1300ms", p99: "2500ms" } } } } },
        load: ask(6, { stages: BENT, slo: CRISP }),
      },
    ],
  },
  {
    name: "gateway's own time",
    right: ["gateway"],
    sizes: [
      {
        name: "lobby",
        parts: clinic(SMALL),
        plant: { lobby: { time: { median: "1200ms", p99: "2200ms" } } },
        load: ask(6, { stages: TERRACES, slo: CRISP }),
      },
    ],
  },
];

export const FOURTH_HEALTHY: readonly Omit<Size, "plant">[] = [
  { name: "large, calm", parts: { doctor: LARGE }, load: ask(5, { stages: TERRACES }) },
  { name: "small, twice", parts: { doctor: SMALL }, load: ask(8, { stages: TWICE }) },
  { name: "clinic, closed", parts: clinic(SMALL), load: room(25, "2s") },
  { name: "clinic, flat", parts: clinic(SMALL), load: ask(8, { stages: FLAT }) },
  {
    name: "planner, patient",
    parts: planner(SMALL),
    load: ask(2, { stages: FLAT, slo: ["ttft.p95 < 12s", "errors.rate < 1%"] }),
  },
  { name: "quarters", parts: quarters(SMALL), load: ask(16, { stages: LATE }) },
  {
    name: "letters, large",
    parts: { doctor: { ...LARGE, replicas: 2 } },
    load: letters(2, 2000, 60, { stages: FLAT, slo: ["ttft.p95 < 4s"] }),
  },
  { name: "search, large", parts: search(LARGE), load: ask(5, { stages: BENT }) },
  {
    name: "hosted",
    parts: { hosted: HOSTED },
    load: ask(4, { stages: BENT, slo: ["ttft.p95 < 3s", "errors.rate < 1%"] }),
  },
  { name: "three people", parts: { doctor: LARGE }, load: room(3, "1s", { stages: [{ steady: "90s", at: "1x" }] }) },
  {
    name: "four replicas",
    parts: { doctor: { ...SMALL, replicas: 4, balancer: "power-of-two" } },
    load: ask(20, { stages: TWICE }),
  },
  {
    name: "cache that knows",
    parts: { answers: { kind: "response-cache", to: "doctor", entries: 500 }, doctor: SMALL },
    load: ask(25, { stages: FLAT }),
  },
  {
    name: "gusts",
    parts: { doctor: { ...SMALL, replicas: 2 } },
    load: ask(8, { stages: FLAT, arrivals: { process: "gamma", cv: 2 } }),
  },
  { name: "no limits told", parts: { doctor: LARGE }, load: ask(5, { stages: FLAT, slo: [] }) },
  { name: "few", parts: clinic(SMALL), load: ask(0.5, { stages: FLAT }) },
];
