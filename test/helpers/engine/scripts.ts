import fc from "fast-check";
import { randomStream } from "../../../src/base/index.ts";
import type {
  Engine,
  EngineOptions,
  EngineRequest,
  EngineSpec,
  RequestFigures,
  StepSink,
} from "../../../src/twin/engine/types.ts";

/** What happens to an engine from outside, in order of time. */
export type Event =
  | { readonly do: "submit"; readonly at: number; readonly request: Ask }
  | { readonly do: "cancel"; readonly at: number; readonly id: number }
  | { readonly do: "slow"; readonly at: number; readonly factor: number }
  | { readonly do: "pause"; readonly at: number; readonly ms: number };

export interface Ask {
  readonly id: number;
  readonly input: number;
  readonly output: number;
  readonly priority: number;
  /** The prompt begins like that of all others of this topic, for so many tokens; -1: it shares nothing. */
  readonly topic: number;
  readonly shared: number;
  /** The answer's blocks may be asked for by others. */
  readonly sharesAnswer: boolean;
  readonly watched: boolean;
  readonly cell: number;
}

export interface Script {
  readonly spec: EngineSpec;
  readonly events: readonly Event[];
}

export interface Trace {
  readonly log: readonly (readonly [id: number, what: string, at: number, more: number])[];
  readonly figures: ReadonlyMap<number, RequestFigures>;
  readonly gaps: readonly { cell: number; ms: number; count: number; at: number }[];
  readonly steps: readonly {
    at: number;
    ms: number;
    steps: number;
    tokens: number;
    sequences: number;
    preempted: number;
  }[];
  readonly refused: ReadonlyMap<number, string>;
}

export type Create = (options: EngineOptions) => Engine;

export const QUIET = { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 };

/** Durations without round sums, so that no arrival meets the end of a step by accident. */
export const COSTS = {
  c0: Math.PI,
  c1: 0.031,
  c2: 0.067,
  n0: 24,
  ch: 0.0123,
  d1: 0.00071,
  d2: 0.0031,
  p1: 1.7e-5,
  p2: 2.3e-5,
  kappa: 1.3,
};

export function requestOf(ask: Ask, size: number, listener: EngineRequest["listener"]): EngineRequest {
  const full = Math.floor(ask.input / size);
  const hashes =
    ask.topic < 0
      ? undefined
      : Float64Array.from({ length: full }, (_, i) =>
          (i + 1) * size <= ask.shared ? ask.topic * 1000 + i : 1e6 + ask.id * 1000 + i,
        );
  return {
    id: ask.id,
    inputTokens: ask.input,
    outputTokens: ask.output,
    priority: ask.priority,
    blockHashes: hashes,
    ...(ask.sharesAnswer ? { answerBlockHash: (i: number) => 1e9 + ask.id * 1000 + i } : {}),
    cell: ask.cell,
    listener,
  };
}

/** Plays the script to its end. `look` is called after every event and at least once a step where the engine does not jump. */
export function play(
  script: Script,
  create: Create,
  look?: (engine: Engine, at: number) => void,
  steps?: StepSink,
): Trace {
  const trace = {
    log: [] as [number, string, number, number][],
    figures: new Map<number, RequestFigures>(),
    gaps: [] as { cell: number; ms: number; count: number; at: number }[],
    steps: [] as Trace["steps"][number][],
    refused: new Map<number, string>(),
  };
  const engine = create({
    fastForward: false,
    gaps: { gaps: (cell, ms, count, at) => trace.gaps.push({ cell, ms, count, at }) },
    steps: {
      step(at, ms, count, tokens, sequences, preempted) {
        trace.steps.push({ at, ms, steps: count, tokens, sequences, preempted });
        steps?.step(at, ms, count, tokens, sequences, preempted);
      },
    },
  });
  const advance = (to: number): void => {
    while (engine.nextAt <= to) {
      const at = engine.nextAt;
      engine.advance(at);
      look?.(engine, at);
    }
    engine.advance(Math.min(to, END));
  };
  for (const event of script.events) {
    advance(event.at);
    if (event.do === "submit") {
      const { id, watched } = event.request;
      const refusal = engine.submit(
        requestOf(event.request, script.spec.blockSize, {
          firstToken: (at) => trace.log.push([id, "first", at, 0]),
          ...(watched ? { tokens: (at: number, count: number) => trace.log.push([id, "tokens", at, count]) } : {}),
          finished: (at, figures) => {
            trace.log.push([id, "finished", at, 0]);
            trace.figures.set(id, figures);
          },
        }),
        event.at,
      );
      if (refusal !== undefined) trace.refused.set(id, refusal);
    } else if (event.do === "cancel") {
      const seen = engine.progress?.(event.id, event.at);
      if (seen !== undefined) trace.log.push([event.id, "left", seen.lastTokenAt, seen.tokens + seen.longestGap]);
      trace.log.push([event.id, "cancelled", event.at, engine.cancel(event.id, event.at) ? 1 : 0]);
    } else if (event.do === "slow") engine.setSlowdown(event.factor);
    else engine.pause(event.at + event.ms);
    look?.(engine, event.at);
  }
  // An engine that has leaked what a request needs tries for ever.
  advance(script.spec.leak > 0 ? (script.events.at(-1)?.at ?? 0) + 5000 : END);
  return trace;
}

/** Longer than any script of a sound engine takes. */
const END = 1e7;

export interface Wishes {
  readonly noise?: boolean;
  readonly speculation?: boolean;
  readonly cancels?: boolean;
  readonly disturbances?: boolean;
  readonly policy?: "fcfs" | "priority";
  /** Absent: both. */
  readonly asyncScheduling?: boolean;
  readonly leak?: boolean;
  readonly watched?: boolean;
}

/** Small engines under enough load that blocks, seats and tokens all run short now and then. */
export function scripts(wishes: Wishes = {}): fc.Arbitrary<Script> {
  const spec = fc.record({
    blocks: fc.integer({ min: 4, max: 60 }),
    blockSize: fc.constantFrom(1, 4, 16),
    tokenBudget: fc.integer({ min: 4, max: 160 }),
    maxSeqs: fc.integer({ min: 1, max: 12 }),
    longPrefill: fc.constantFrom(0, 0, 16),
    maxModelLen: fc.integer({ min: 40, max: 400 }),
    prefixCache: fc.boolean(),
    policy: wishes.policy === undefined ? fc.constantFrom("fcfs", "priority") : fc.constant(wishes.policy),
    admitWholePrompt: fc.boolean(),
    asyncScheduling: wishes.asyncScheduling === undefined ? fc.boolean() : fc.constant(wishes.asyncScheduling),
    drafts: wishes.speculation ? fc.integer({ min: 1, max: 4 }) : fc.constant(0),
    leak: wishes.leak ? fc.integer({ min: 0, max: 1 }) : fc.constant(0),
    sigma: wishes.noise ? fc.constantFrom(0.05, 0.2) : fc.constant(0),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    requests: fc.integer({ min: 1, max: 40 }),
    spread: fc.constantFrom(2, 20, 60),
    answers: fc.constantFrom(12, 60, 200),
  });
  return spec.map((draw): Script => {
    const random = randomStream(draw.seed, "script");
    const upTo = (most: number): number => Math.floor(random.next() * most);
    const events: Event[] = [];
    let at = 0;
    const mostPrompt = Math.min(draw.maxModelLen + 8, draw.blocks * draw.blockSize + 4);
    for (let id = 0; id < draw.requests; id++) {
      if (random.next() < 0.7) at += -Math.log1p(-random.next()) * draw.spread;
      events.push({
        do: "submit",
        at,
        request: {
          id,
          input: 1 + upTo(random.next() < 0.8 ? Math.min(mostPrompt, 64) : mostPrompt),
          output: 1 + upTo(draw.answers),
          priority: upTo(3),
          topic: upTo(4) - 1,
          shared: upTo(80),
          sharesAnswer: random.next() < 0.5,
          watched: wishes.watched === true && random.next() < 0.3,
          cell: upTo(3),
        },
      });
      if (wishes.cancels && random.next() < 0.3)
        events.push({ do: "cancel", at: at + random.next() * 20 * draw.spread, id: upTo(id + 1) });
      if (wishes.disturbances && random.next() < 0.1)
        events.push({ do: "slow", at: at + random.next(), factor: 0.5 + 2 * random.next() });
      if (wishes.disturbances && random.next() < 0.1)
        events.push({ do: "pause", at: at + random.next(), ms: 1500 * random.next() });
    }
    events.sort((a, b) => a.at - b.at);
    return {
      spec: {
        dialect: "vllm",
        costs: COSTS,
        noise: { sigma: draw.sigma, stallProbability: wishes.noise ? 0.02 : 0, stallMin: 20, stallMax: 1500 },
        blocks: draw.blocks,
        blockSize: draw.blockSize,
        tokenBudget: draw.tokenBudget,
        maxSeqs: draw.maxSeqs,
        longPrefill: draw.longPrefill,
        maxModelLen: draw.maxModelLen,
        prefixCache: draw.prefixCache,
        policy: draw.policy === "fcfs" ? "fcfs" : "priority",
        admitWholePrompt: draw.admitWholePrompt,
        asyncScheduling: draw.asyncScheduling,
        ...(draw.drafts > 0 ? { speculation: { tokens: draw.drafts, acceptance: 0.6 } } : {}),
        leak: draw.leak,
      },
      events,
    };
  });
}
