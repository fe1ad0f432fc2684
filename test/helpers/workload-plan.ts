import type { Arrivals, LoadPart, Persona, Plan, Stage } from "../../src/plan/index.ts";

/** An open stage; its load lasts as long as it does. */
export function openStage(from: number, duration: number, load: readonly LoadPart[]): Stage {
  return { name: `open-${from}`, kind: "steady", from, duration, unit: "sessions/s", load };
}

/** A closed stage of so many users. */
export function closedStage(from: number, duration: number, load: readonly LoadPart[]): Stage {
  return { name: `closed-${from}`, kind: "steady", from, duration, unit: "users", load };
}

export function holdFor(value: number, duration: number): LoadPart {
  return { shape: "hold", value, at: 0, for: duration };
}

export const asker: Persona = {
  name: "asker",
  weight: 1,
  prompts: { kind: "builtin", set: "mixed" },
  think: { kind: "exponential", mean: 2000 },
};

/** A whole plan around a workload; what is not said is ordinary. */
export function workloadPlan(parts: {
  readonly stages: readonly Stage[];
  readonly seed?: number;
  readonly arrivals?: Arrivals;
  readonly personas?: readonly Persona[];
}): Plan {
  return {
    name: "test",
    seed: parts.seed ?? 1,
    target: {
      url: "http://127.0.0.1:9/",
      protocol: "openai-chat",
      method: "POST",
      events: { token: "$.delta" },
      headers: {},
      timeouts: { connect: 1000, firstToken: 1000, idle: 1000, total: 1000 },
      tls: { verify: true },
      connections: { max: 10, keepAlive: true },
      repeatable: false,
      retries: { count: 0, on: [], backoff: 0, maxBackoff: 0, honourRetryAfter: false },
      maxAnswerBytes: 1000,
    },
    workload: {
      personas: parts.personas ?? [asker],
      arrivals: parts.arrivals ?? { process: "poisson", cv: 1 },
    },
    stages: parts.stages,
    slo: [],
    budget: {},
    guards: { allFailedFor: 0, allFailedMinimum: 0 },
    generator: { workers: 1, drain: 0, texts: 0, gaps: 0, maxStartLag: 10, maxLoopDelay: 20 },
    observe: { prometheus: [], every: 333, discover: false, processes: [] },
    export: { labels: {} },
    runs: "/tmp/runs",
    secrets: [],
  };
}
