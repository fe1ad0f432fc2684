import { keyOf } from "../../src/twin/answers/index.ts";
import type { Prompt } from "../../src/twin/answers/types.ts";
import { buildStack, parseStack, type Stack, VirtualKernel } from "../../src/twin/stack/index.ts";
import type {
  Call,
  CallFigures,
  EngineHooks,
  Failure,
  Flight,
  Kernel,
  Reply,
  Served,
  SpanNote,
  StackEvent,
} from "../../src/twin/stack/types.ts";

/** A prompt of so many tokens; those of one `family` begin alike for `shared` tokens. */
export function prompt(tokens: number, key: number, family = 0, shared = 0): Prompt {
  return {
    tokens,
    key,
    blockHashes: (size) =>
      Float64Array.from({ length: Math.floor(tokens / size) }, (_, i) =>
        (i + 1) * size <= shared ? family * 1e6 + i : 1e9 + key * 1e4 + i,
      ),
    keepTail: (most) => prompt(Math.min(most, tokens), key + 0.5),
    extend: (more, extra) => prompt(tokens + more, keyOf(key, extra) % 1e8, family, shared),
  };
}

export interface Asked {
  readonly at: number;
  readonly tokens?: number;
  readonly out?: number;
  readonly session?: string;
  readonly family?: number;
  readonly shared?: number;
  readonly maxTokens?: number;
  readonly everyToken?: boolean;
  readonly kind?: Call["kind"];
  readonly model?: string;
  /** Identity of the prompt; each call has its own otherwise. */
  readonly promptKey?: number;
  readonly key?: string;
  readonly region?: string;
  /** Leaves at this time. */
  readonly leaves?: number;
}

/** What became of one call. */
export class Outcome implements Reply {
  readonly at: number;
  readonly spans: SpanNote[] = [];
  readonly counts: { readonly at: number; readonly count: number }[] = [];
  servedBy: Served | undefined;
  firstTokenAt = Number.NaN;
  endAt = Number.NaN;
  figures: CallFigures | undefined;
  failure: Failure | undefined;
  ends = 0;

  constructor(at: number) {
    this.at = at;
  }

  served(_: number, served: Served): void {
    this.servedBy = served;
  }
  firstToken(at: number): void {
    this.firstTokenAt = at;
  }
  tokens(at: number, count: number): void {
    this.counts.push({ at, count });
  }
  done(at: number, figures: CallFigures): void {
    this.endAt = at;
    this.figures = figures;
    this.ends++;
  }
  failed(at: number, failure: Failure): void {
    this.endAt = at;
    this.failure = failure;
    this.ends++;
  }
}

export interface Session<K extends Kernel = VirtualKernel> {
  readonly kernel: K;
  readonly stack: Stack;
  readonly events: StackEvent[];
  ask(asked: Asked): Outcome;
}

export function callOf(id: number, asked: Asked, outcome: Outcome): Call {
  const { tokens = 64, out = 8, family = 0, shared = 0 } = asked;
  return {
    id,
    kind: asked.kind ?? "generate",
    session: asked.session ?? `s${id}`,
    model: asked.model ?? "any",
    prompt: prompt(tokens, asked.promptKey ?? id, family, shared),
    maxTokens: asked.maxTokens,
    answerTokens: ({ maxTokens }) => Math.min(out, maxTokens ?? out),
    priority: 0,
    region: asked.region,
    key: asked.key,
    cell: 0,
    everyToken: asked.everyToken ?? false,
    span: (note) => outcome.spans.push(note),
  };
}

/** A stack in virtual time, its calls written down. */
export function session(yaml: string, hooks: Partial<EngineHooks> = {}): Session {
  return sessionOn(new VirtualKernel(), yaml, hooks);
}

/** The same on another kernel. */
export function sessionOn<K extends Kernel>(kernel: K, yaml: string, hooks: Partial<EngineHooks> = {}): Session<K> {
  const events: StackEvent[] = [];
  const stack = buildStack(parseStack(yaml, { env: {} }), kernel, {
    sinks: () => ({}),
    fastForward: true,
    event: (event) => events.push(event),
    ...hooks,
  });
  let id = 0;
  return {
    kernel,
    stack,
    events,
    ask(asked) {
      const outcome = new Outcome(asked.at);
      const call = callOf(id++, asked, outcome);
      kernel.at(asked.at, () => {
        const flight: Flight = stack.take(call, outcome);
        if (asked.leaves !== undefined) kernel.at(asked.leaves, () => flight.cancel());
      });
      return outcome;
    },
  };
}
