import type { Kind } from "../types.ts";
import { ask, BENT, blend, FLAT, LATE, letters, room, TERRACES, TWICE } from "./loads.ts";
import { DENSE, EXPERTS, HOSTED, planner, quarters, search, station, WIDE, withEngine } from "./stacks.ts";

const HOSTED_LIMITS = ["ttft.p90 < 1500ms", "errors.rate < 0.5%"];
const tight = (pool: Readonly<Record<string, unknown>>, maxSeqs: number) => withEngine(pool, { maxSeqs });

/** Weaknesses of replicas, routes, fronts and dependencies, written when the rules had been mended twice, before they were read. */
export const THIRD_PLACES: readonly Kind[] = [
  {
    name: "sick replica",
    right: ["sick-replica"],
    sizes: [
      {
        name: "one of six",
        parts: { brain: { ...EXPERTS, replicas: 6 } },
        plant: { brain: { faults: [{ do: "slow", at: "30s", replica: 4, factor: 6 }] } },
        load: ask(24, { stages: FLAT, slo: ["tpot.p95 < 16ms", "errors.rate < 0.5%"] }),
      },
      {
        name: "one dies again and again",
        parts: { brain: { ...WIDE, replicas: 3 } },
        plant: {
          brain: {
            faults: [
              { do: "crash", at: "40s", replica: 1, restart: "8s" },
              { do: "crash", at: "65s", replica: 1, restart: "8s" },
              { do: "crash", at: "90s", replica: 1, restart: "8s" },
            ],
          },
        },
        load: ask(8, { stages: FLAT }),
      },
    ],
  },
  {
    name: "router skew",
    right: ["imbalance"],
    sizes: [
      {
        name: "four pools",
        parts: quarters(tight(WIDE, 10)),
        plant: { fork: { otherwise: { split: { alder: 1, birch: 1, cedar: 7, larch: 1 } } } },
        load: ask(9, { stages: BENT }),
      },
      {
        name: "four pools, sticky guests",
        parts: quarters(tight(DENSE, 8)),
        plant: { fork: { otherwise: { split: { alder: 9, birch: 1, cedar: 1, larch: 1 } }, sticky: true } },
        load: room(45, "3s"),
      },
    ],
  },
  {
    name: "cold start",
    right: ["cold-start"],
    sizes: [
      {
        name: "scaled by rate",
        parts: { brain: { ...tight(DENSE, 12), replicas: 4, balancer: "least-outstanding" } },
        plant: {
          brain: {
            replicas: undefined,
            autoscale: {
              min: 1,
              max: 4,
              metric: "rate",
              target: 2,
              coldStart: { node: "25s", image: "20s", weights: "20s", init: "10s" },
            },
          },
        },
        load: ask(8, { stages: LATE }),
      },
      {
        name: "nobody ready at dawn",
        parts: { door: { kind: "gateway", to: "brain" }, brain: { ...WIDE, replicas: 2 } },
        plant: {
          brain: { cold: 2, unready: "hold", coldStart: { node: "0s", image: "15s", weights: "15s", init: "10s" } },
        },
        load: ask(5, { stages: FLAT }),
      },
    ],
  },
  {
    name: "slow dependency",
    right: ["dependency"],
    sizes: [
      {
        name: "sorter slows down midway",
        component: "sorter",
        parts: search(EXPERTS),
        plant: { sorter: { slow: [{ from: "50s", for: "60s", factor: 25 }] } },
        load: ask(9, { stages: FLAT }),
      },
      {
        name: "screen turns calls away",
        component: "screen",
        parts: search(DENSE),
        plant: { screen: { servers: 1, queue: 2, service: { median: "110ms", p99: "300ms" } } },
        load: ask(8, { stages: TERRACES }),
      },
      {
        name: "every vector compared",
        component: "catalogue",
        parts: search(WIDE),
        plant: {
          catalogue: { index: "flat", vectors: 4_000_000, measured: { vectors: 100_000 }, servers: 4 },
        },
        load: blend(7, 400, { stages: BENT }),
      },
      {
        name: "ledger gives up",
        component: "ledger",
        parts: planner(EXPERTS),
        plant: { ledger: { servers: 2, service: { median: "500ms", p99: "1500ms" }, timeout: "3s" } },
        load: ask(4, { stages: TWICE, slo: ["ttft.p90 < 4s", "errors.rate < 0.5%"] }),
      },
    ],
  },
  {
    name: "slow sign-on",
    right: ["dependency"],
    component: "passport",
    sizes: [
      {
        name: "out for a while",
        parts: {
          door: { kind: "gateway", to: "fork", auth: "passport" },
          passport: station("auth", 10, "8ms", "30ms"),
          ...quarters(WIDE),
        },
        plant: { passport: { outages: [{ from: "50s", for: "30s", status: 503, share: 0.4 }] } },
        load: ask(7, { stages: FLAT }),
      },
    ],
  },
  {
    name: "rate limit",
    right: ["rate-limit"],
    sizes: [
      {
        name: "input tokens a minute",
        parts: { hosted: HOSTED },
        plant: { hosted: { inputTokensPerMinute: 60_000, burst: "20s" } },
        load: letters(3, 900, 150, { stages: TERRACES, slo: HOSTED_LIMITS }),
      },
      {
        name: "a key before a search",
        parts: search(DENSE),
        plant: { door: { limits: { requestsPerMinute: 180, burst: "15s" } } },
        load: room(40, "2s"),
      },
    ],
  },
  {
    name: "connection cap",
    right: ["connections"],
    sizes: [
      {
        name: "the shop's workers",
        parts: search(EXPERTS),
        plant: { shop: { concurrency: 9 } },
        load: ask(14, { stages: TERRACES }),
      },
      {
        name: "nobody may wait at the door",
        parts: { door: { kind: "gateway", to: "fork" }, ...quarters(DENSE) },
        plant: { door: { concurrency: 18, queue: 0 } },
        load: ask(12, { stages: TWICE }),
      },
    ],
  },
  {
    name: "application CPU",
    right: ["application"],
    sizes: [
      {
        name: "the shop on one core, closed",
        component: "shop",
        parts: search(WIDE),
        plant: { shop: { time: "160ms", cores: 1 } },
        load: room(60, "4s"),
      },
      {
        name: "templates before a provider",
        component: "desk",
        parts: { desk: { kind: "app", to: "hosted", time: "4ms", cores: 2 }, hosted: HOSTED },
        plant: { desk: { time: { median: "220ms", p99: "700ms" } } },
        load: ask(10, { stages: TERRACES, slo: HOSTED_LIMITS }),
      },
    ],
  },
  {
    name: "retry storm",
    right: ["retries"],
    sizes: [
      {
        name: "four pools behind an impatient door",
        parts: { door: { kind: "gateway", to: "fork", timeout: "50s" }, ...quarters(tight(WIDE, 12)) },
        plant: {
          door: {
            timeout: { firstToken: "1200ms", total: "50s" },
            orphans: true,
            retries: { count: 6, backoff: "30ms", factor: 1, jitter: "none" },
          },
        },
        load: ask(11, {
          stages: [
            { baseline: "30s", at: "0.4x" },
            { spike: "20s", from: "0.4x", to: "2x" },
            { steady: "80s", at: "0.7x" },
          ],
          slo: ["ttft.p90 < 8s", "errors.rate < 0.5%"],
        }),
      },
    ],
  },
  {
    name: "cache stampede",
    right: ["cache"],
    sizes: [
      {
        name: "answers that age at once",
        parts: { answers: { kind: "response-cache", to: "brain", entries: 2000 }, brain: tight(WIDE, 20) },
        plant: { answers: { ttl: "1s", singleFlight: false } },
        load: ask(40, { stages: FLAT, slo: ["ttft.p90 < 300ms", "errors.rate < 0.5%"] }),
      },
    ],
  },
  {
    name: "slow network",
    right: ["network"],
    sizes: [
      {
        name: "from the islands",
        parts: {
          world: {
            kind: "regions",
            home: "islands",
            to: { north: "brain", south: "spare" },
            rtt: { islands: { north: "60ms", south: "120ms" }, north: { south: "70ms" } },
          },
          brain: EXPERTS,
          spare: EXPERTS,
        },
        plant: {
          world: {
            rtt: {
              islands: { north: { median: "800ms", p99: "1800ms" }, south: { median: "1s", p99: "2s" } },
              north: { south: "70ms" },
            },
          },
        },
        load: ask(8, { stages: BENT }),
      },
    ],
  },
  {
    name: "gateway's own time",
    right: ["gateway"],
    sizes: [
      {
        name: "inspects everything before a search",
        parts: search(EXPERTS),
        plant: { door: { time: { median: "800ms", p99: "1600ms" } } },
        load: ask(6, { stages: TERRACES }),
      },
    ],
  },
];
