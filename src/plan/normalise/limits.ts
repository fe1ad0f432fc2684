import type { z } from "zod";
import { formatDuration, isStreamed, type MetricName, type ProtocolName } from "../../base/index.ts";
import { nearest } from "../did-you-mean.ts";
import { lenient } from "../lenient.ts";
import { isMapping, type Path } from "../path.ts";
import { budgetSchema, expectSchema, generatorSchema, guardsSchema, sloSchema } from "../schema/limits.ts";
import { parseThreshold, readPieces, type ThresholdPieces } from "../threshold/read.ts";
import type { Budget, GeneratorPlan, Guards, Stage, Threshold } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import type { Peak } from "./level.ts";
import type { StagesResult } from "./stages.ts";

export function normalisePeak(raw: unknown, ctx: Context): Peak {
  if (raw === undefined) return "absent";
  const peak = lenient(expectSchema, raw)?.value.peak;
  if (!peak) return "wrong";
  const fault = (message: string, hint: string): Peak => {
    ctx.findings.fault({ code: "PLAN_LOAD", path: ["expect", "peak"], message, hint });
    return "wrong";
  };
  if (peak.unit === "x")
    return fault("the peak is what `x` multiplies; it cannot be a multiple itself", "Write it as 4/s or 20 users.");
  if (peak.value === 0) return fault("expected a peak above zero", "Write it as 4/s or 20 users.");
  return { level: { value: peak.value, unit: peak.unit } };
}

export interface SloSurroundings {
  readonly stages: StagesResult;
  readonly personas: readonly string[];
  readonly hasPrices: boolean;
  readonly protocol: ProtocolName | undefined;
}

export function normaliseSlo(raw: unknown, around: SloSurroundings, ctx: Context): Threshold[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((entry, i): Threshold[] => {
    const path: Path = ["slo", i];
    const parsed = sloSchema.safeParse(entry);
    const text = typeof entry === "string" ? entry : isMapping(entry) ? entry["expect"] : undefined;
    if (typeof text !== "string" || text === "") return [];
    const at: Path = typeof entry === "string" ? path : [...path, "expect"];
    const written = parsed.success && typeof parsed.data !== "string" ? parsed.data : undefined;
    const options = { window: written?.window, abortOnFail: written?.abortOnFail, abortAfter: written?.after };
    const pieces = readPieces(text);
    for (const { code, message, hint } of pieces.faults) ctx.findings.fault({ code, path: at, message, hint });
    checkNames(pieces, at, around, ctx);
    warnOfNoData(pieces, around, ctx);
    const result = parseThreshold(text, options);
    return parsed.success && "threshold" in result ? [result.threshold] : [];
  });
}

/** Metrics that only a streamed answer has. */
const STREAMED: readonly MetricName[] = ["ttft", "ttfo", "itl", "tpot", "stall"];

function warnOfNoData({ expression, subject }: ThresholdPieces, around: SloSurroundings, ctx: Context): void {
  const { protocol } = around;
  if (protocol === undefined || isStreamed(protocol)) return;
  if (subject?.kind !== "metric" || !STREAMED.includes(subject.metric)) return;
  ctx.findings.warnings.push({
    code: "PLAN_NO_DATA",
    message: `\`${expression}\` cannot hold: ${protocol} answers are not streamed, so there is no ${subject.metric}`,
    hint: "Limit response or ttfb instead.",
  });
}

function checkNames(pieces: ThresholdPieces, path: Path, around: SloSurroundings, ctx: Context): void {
  const known = { stage: around.stages.names, persona: around.personas };
  const fault = (code: string, message: string, hint: string): void =>
    ctx.findings.fault({ code, path, message, hint });
  for (const kind of ["stage", "persona"] as const) {
    const name = pieces.filters[kind];
    if (name === undefined || known[kind].includes(name)) continue;
    const meant = nearest(name, known[kind]);
    const hint = meant
      ? `Did you mean \`${meant}\`?`
      : known[kind].length > 0
        ? `Use one of ${known[kind].join(", ")}.`
        : `Name the ${kind} first.`;
    fault("PLAN_UNKNOWN_NAME", `no ${kind} is named \`${name}\``, hint);
  }
  if (pieces.limit?.kind === "baseline" && !around.stages.kinds.has("baseline") && !around.stages.kinds.has("rest")) {
    const hint = "Add a stage `- { baseline: 60s, at: 1/s }`, or write the limit as a number.";
    fault("PLAN_NO_BASELINE", "a limit relative to a baseline, and no stage is one", hint);
  }
  if (pieces.subject?.kind === "cost" && !around.hasPrices) {
    const hint = "Add `prices: { input: $0.15/M, output: $0.60/M }`.";
    fault("PLAN_NO_PRICES", "a limit on cost, and the plan has no prices", hint);
  }
}

export function normaliseBudget(raw: unknown, hasPrices: boolean, stages: readonly Stage[], ctx: Context): Budget {
  const read = lenient(budgetSchema, raw ?? {})?.value ?? {};
  if (read.cost !== undefined && !hasPrices) {
    ctx.findings.fault({
      code: "PLAN_NO_PRICES",
      path: ["budget", "cost"],
      message: "a budget of money needs prices to count by",
      hint: "Add `prices: { input: $0.15/M, output: $0.60/M }`.",
    });
  }
  const planned = stages.reduce((sum, stage) => sum + stage.duration, 0);
  if (read.duration !== undefined && read.duration < planned) {
    ctx.findings.warnings.push({
      code: "PLAN_BUDGET_SHORT",
      message: `the budget of ${formatDuration(read.duration)} ends the run before its stages do (${formatDuration(planned)})`,
      hint: "Raise budget.duration, or shorten the stages.",
    });
  }
  return defined(read);
}

export function normaliseGuards(raw: unknown, ctx: Context): Guards {
  const read = lenient(guardsSchema, raw ?? {})?.value ?? {};
  return {
    allFailedFor: orDefault(read.allFailedFor, 10_000, "guards.allFailedFor", "10s", ctx),
    allFailedMinimum: orDefault(read.minimum, 20, "guards.minimum", "20", ctx),
  };
}

export function normaliseGenerator(raw: unknown, ctx: Context): GeneratorPlan {
  const read = lenient(generatorSchema, raw ?? {})?.value ?? {};
  return {
    workers: orDefault(read.workers, 0, "generator.workers", "one a core, less one", ctx),
    drain: orDefault(read.drain, 30_000, "generator.drain", "30s", ctx),
    texts: orDefault(read.texts, 0.02, "generator.texts", "2%", ctx),
    gaps: orDefault(read.gaps, 0.01, "generator.gaps", "1%", ctx),
    maxStartLag: orDefault(read.maxStartLag, 10, "generator.maxStartLag", "10ms", ctx),
    maxLoopDelay: orDefault(read.maxLoopDelay, 20, "generator.maxLoopDelay", "20ms", ctx),
  };
}

function defined(read: z.output<typeof budgetSchema>): Budget {
  const { cost, tokens, requests, duration } = read;
  return {
    ...(cost === undefined ? {} : { cost }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(requests === undefined ? {} : { requests }),
    ...(duration === undefined ? {} : { duration }),
  };
}
