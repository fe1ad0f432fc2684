import type { ConceptName } from "../../../base/index.ts";
import { type LoadPart, parseThreshold, type StageUnit } from "../../../plan/index.ts";
import { runManifestSchema } from "../../../record/index.ts";
import type { Summary } from "../../summary-schema.ts";
import { plannedLoad } from "../planned.ts";
import type { ClientColumns, Column, Facts, LoadColumns } from "../types.ts";

/** A column: one value throughout, a value for each bin (its number, and the load asked for in it), or all values. */
export type Values = number | ((bin: number, asked: number) => number) | readonly number[];

export interface StageSketch {
  readonly kind: string;
  /** Default: the kind. */
  readonly name?: string;
  readonly seconds: number;
  /** Load throughout, or from one load to another. */
  readonly at?: number;
  readonly from?: number;
  readonly to?: number;
  readonly unit?: StageUnit;
}

export interface FactsSketch {
  readonly stages: readonly StageSketch[];
  /** Seconds after the last stage. */
  readonly drain?: number;
  readonly slo?: readonly string[];
  readonly peak?: number;
  /** Default: as many attempts begun, ended, answered and good as sessions are asked for, none in error, two in flight for each of them. */
  readonly load?: Partial<Record<keyof LoadColumns, Values>>;
  /** Default: counts are 0, but for the attempts, which are the load's `started`; all else was not measured. */
  readonly client?: Partial<Record<keyof ClientColumns, Values>>;
  readonly servers?: readonly {
    readonly concept: ConceptName;
    /** Default: `llm`. */
    readonly part?: string;
    /** Default: `vllm`. */
    readonly server?: string;
    readonly replica?: string;
    readonly values: Values;
  }[];
  readonly generator?: Partial<Summary["generator"]>;
  readonly summary?: Partial<Summary>;
  /** More of the plan: personas, prices, ... */
  readonly plan?: Readonly<Record<string, unknown>>;
  /** What `facts.query` answers; default: no rows. */
  readonly query?: Facts["query"];
}

const WIDTH = 1000;
const NOTHING: Summary["total"] = {
  sessions: 0,
  attempts: 0,
  outcomes: {},
  metrics: {},
  rates: { started: 0, completed: 0, goodput: 0 },
  tokens: {},
};

/** Facts of a run as a test describes it, in bins of a second. What the summary counts is not worked out from the columns. */
export function factsOf(sketch: FactsSketch): Facts {
  let at = 0;
  const stages = sketch.stages.map(({ kind, name = kind, seconds, unit = "sessions/s", ...load }) => {
    const duration = seconds * 1000;
    const stage = { name, kind, from: at, duration, unit, load: [partOf(load, duration)] };
    at += duration;
    return stage;
  });
  const bins = { width: WIDTH, count: Math.ceil(at / WIDTH) + (sketch.drain ?? 0) };
  const manifest = runManifestSchema.parse({
    name: "sketch",
    seed: 1,
    target: { protocol: "openai-chat" },
    workload: { personas: [{ name: "user" }] },
    stages,
    slo: (sketch.slo ?? []).map(thresholdOf),
    ...(sketch.peak === undefined
      ? {}
      : { expect: { peak: { value: sketch.peak, unit: stages[0]?.unit ?? "sessions/s" } } }),
    ...sketch.plan,
    run: {
      schema: "plimsoll/run/1",
      id: "sketch",
      plimsoll: "0.0.0",
      startedAt: "2026-01-02T03:04:05.000Z",
      hash: "h",
      asked: stages.map(() => null),
    },
  });
  const { stages: facts, asked } = plannedLoad(manifest, bins, at);
  const column = (values: Values | undefined, otherwise: Values): Column =>
    Float64Array.from({ length: bins.count }, (_, i) => valueAt(values ?? otherwise, i, asked[i] ?? Number.NaN));
  const asAsked = (_: number, rate: number): number => (Number.isNaN(rate) ? 0 : rate);
  const { load = {}, client = {} } = sketch;
  const started = column(load.started, asAsked);
  const measured = (name: keyof ClientColumns): Column => column(client[name], Number.NaN);
  const counted = (name: keyof ClientColumns): Column => column(client[name], 0);
  return {
    manifest,
    summary: summaryOf(sketch, manifest.name, stages, bins.count * WIDTH),
    width: WIDTH,
    bins: bins.count,
    stages: facts,
    load: {
      asked: load.asked === undefined ? asked : column(load.asked, 0),
      sessionsStarted: column(load.sessionsStarted, asAsked),
      started,
      ended: column(load.ended, [...started]),
      answered: column(load.answered, [...started]),
      good: column(load.good, [...started]),
      errors: column(load.errors, 0),
      inFlight: column(load.inFlight, (_, rate) => 2 * asAsked(0, rate)),
    },
    client: {
      attempts: column(client.attempts, [...started]),
      ttftP50: measured("ttftP50"),
      ttftP95: measured("ttftP95"),
      ttftMean: measured("ttftMean"),
      responseP50: measured("responseP50"),
      responseP95: measured("responseP95"),
      tpotP50: measured("tpotP50"),
      tpotP95: measured("tpotP95"),
      connectP95: measured("connectP95"),
      itlP50: measured("itlP50"),
      itlP99: measured("itlP99"),
      inputTokens: measured("inputTokens"),
      outputTokens: measured("outputTokens"),
      retries: counted("retries"),
      rateLimited: counted("rateLimited"),
      refused: counted("refused"),
      timeouts: counted("timeouts"),
      severed: counted("severed"),
      capped: counted("capped"),
      startLagP99: measured("startLagP99"),
    },
    servers: (sketch.servers ?? []).map(({ concept, part = "llm", server = "vllm", replica, values }) => ({
      concept,
      part,
      server,
      ...(replica === undefined ? {} : { replica }),
      values: column(values, Number.NaN),
    })),
    query: sketch.query ?? (() => Promise.resolve([])),
  };
}

function valueAt(values: Values, bin: number, asked: number): number {
  if (typeof values === "number") return values;
  return typeof values === "function" ? values(bin, asked) : (values[bin] ?? Number.NaN);
}

function partOf({ at, from, to }: Pick<StageSketch, "at" | "from" | "to">, duration: number): LoadPart {
  if (at !== undefined || to === undefined) return { shape: "hold", value: at ?? 0, at: 0, for: duration };
  return { shape: "ramp", from: from ?? 0, to, curve: "linear", at: 0, for: duration };
}

function thresholdOf(text: string): unknown {
  const read = parseThreshold(text);
  if (!("threshold" in read)) throw new Error(JSON.stringify(read.faults));
  return read.threshold;
}

function summaryOf(
  { generator, summary }: FactsSketch,
  name: string,
  stages: readonly { readonly name: string; readonly kind: string; readonly from: number; readonly duration: number }[],
  duration: number,
): Summary {
  return {
    schema: "plimsoll/summary/1",
    run: {
      id: "sketch",
      folder: "sketch",
      startedAt: "2026-01-02T03:04:05.000Z",
      duration,
      complete: true,
      plimsoll: "0.0.0",
    },
    plan: { name, hash: "h", seed: 1 },
    verdict: "none",
    exitCode: 0,
    reasons: [],
    thresholds: [],
    total: NOTHING,
    stages: stages.map((stage) => ({ ...NOTHING, ...stage })),
    personas: [{ ...NOTHING, name: "user" }],
    generator: { limited: false, why: [], startLag: { n: 0 }, ...generator },
    warnings: [],
    ...summary,
  };
}
