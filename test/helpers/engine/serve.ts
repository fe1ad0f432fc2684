import { randomStream } from "../../../src/base/index.ts";
import { createEngine } from "../../../src/twin/engine/engine.ts";
import type { Engine, EngineRequest, EngineSpec, RequestFigures } from "../../../src/twin/engine/types.ts";

export interface Wanted {
  readonly at?: number;
  readonly input: number;
  readonly output: number;
  readonly maxTokens?: number;
  /** Names of the prompt's pages; equal ones are shared. */
  readonly pages?: readonly number[];
}

export interface Step {
  readonly at: number;
  readonly ms: number;
  readonly tokens: number;
  readonly sequences: number;
  readonly preempted: number;
}

export interface Served {
  /** In the order of the requests; a refusal where it was refused. */
  readonly answers: readonly (RequestFigures | string)[];
  /** Times of each request's tokens. */
  readonly tokens: readonly (readonly number[])[];
  readonly steps: readonly Step[];
  readonly engine: Engine;
}

/** Serves requests to the end on a new engine without noise. */
export function serve(spec: EngineSpec, wanted: readonly Wanted[]): Served {
  const answers: (RequestFigures | string)[] = [];
  const tokens: number[][] = wanted.map(() => []);
  const steps: Step[] = [];
  const engine = createEngine(spec, randomStream(1), {
    fastForward: false,
    steps: {
      step: (at, ms, _steps, count, sequences, preempted) =>
        steps.push({ at, ms, tokens: count, sequences, preempted }),
    },
  });
  for (const [id, want] of wanted.entries()) {
    const at = want.at ?? 0;
    // Whoever comes at one moment shares the step that begins at it.
    engine.advance(at - 1e-9);
    const request: EngineRequest = {
      id,
      inputTokens: want.input,
      outputTokens: want.output,
      ...(want.maxTokens === undefined ? {} : { maxTokens: want.maxTokens }),
      priority: 0,
      blockHashes: want.pages,
      cell: 0,
      listener: {
        firstToken: () => {},
        tokens: (when, count) => {
          for (let i = 0; i < count; i++) tokens[id]?.push(when);
        },
        finished: (_, figures) => {
          answers[id] = figures;
        },
      },
    };
    const refusal = engine.submit(request, at);
    if (refusal !== undefined) answers[id] = refusal;
  }
  engine.advance(1e12);
  return { answers, tokens, steps, engine };
}

/** Figures of a request that was served. */
export function figuresOf(served: Served, id: number): RequestFigures {
  const figures = served.answers[id];
  if (figures === undefined || typeof figures === "string")
    throw new Error(`request ${id}: ${figures ?? "never ended"}`);
  return figures;
}

/** Steps that take as many ms as they have tokens, and one more. */
export const PER_TOKEN = { c0: 1, c1: 1, c2: 1, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 };
export const SILENT = { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 };
