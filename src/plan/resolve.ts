import { basename, extname, resolve } from "node:path";
import { EXIT, type Fault, PlimsollError, type Redactor, redactor, type Warning } from "../base/index.ts";
import { cloneData } from "./clone.ts";
import { coerceVariables } from "./coerce.ts";
import { toFaults } from "./faults.ts";
import { problemsOf } from "./issues.ts";
import { type Context, orDefault } from "./normalise/context.ts";
import { normaliseExport } from "./normalise/export.ts";
import { readableFile } from "./normalise/files.ts";
import {
  normaliseBudget,
  normaliseGenerator,
  normaliseGuards,
  normalisePeak,
  normaliseSlo,
} from "./normalise/limits.ts";
import { normaliseObserve } from "./normalise/observe.ts";
import { normalisePrices } from "./normalise/prices.ts";
import { normaliseStages } from "./normalise/stages.ts";
import { normaliseTarget } from "./normalise/target.ts";
import { normaliseWorkload } from "./normalise/workload.ts";
import { applyEnvironment, applySets, type Origins } from "./overrides.ts";
import { isMapping } from "./path.ts";
import { withPreset } from "./preset.ts";
import { Findings, notAMapping, type Problem, type StatedDefault } from "./problems.ts";
import { keysAt } from "./schema/known-keys.ts";
import { planSchema } from "./schema/plan.ts";
import { collectSecrets, secretsOfUrl } from "./secrets.ts";
import type { Plan } from "./types.ts";
import { substitute } from "./variables.ts";
import type { Locate } from "./yaml.ts";

export interface ReadOptions {
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `path=value`, the value as YAML; applied over the plan and the environment. */
  readonly set?: readonly string[];
  /** `KEY=VALUE`; looked up before the environment. */
  readonly vars?: readonly string[];
  /** Default: `process.cwd()`. */
  readonly cwd?: string;
}

export interface ResolveOptions extends ReadOptions {
  /** Shown in faults, and gives the plan its default name. */
  readonly file?: string;
  /** Folder of the files that the plan names. Default: the working directory. */
  readonly base?: string;
}

export interface ReadResult {
  readonly plan: Plan;
  readonly warnings: readonly Warning[];
  /** What the plan leaves out, and what it gets. */
  readonly defaults: readonly StatedDefault[];
}

/** The text that a plan came from. */
export interface Source {
  readonly locate: Locate;
  readonly problems: readonly Problem[];
}

/** Checks and completes a plan as written. Throws a {@link PlimsollError} that carries every fault at once. */
export function resolvePlan(input: unknown, options: ResolveOptions = {}): ReadResult {
  return resolveSource(input, options, { locate: () => undefined, problems: [] });
}

export function resolveSource(input: unknown, options: ResolveOptions, source: Source): ReadResult {
  const env = options.env ?? process.env;
  const cwd = resolve(options.cwd ?? process.cwd());
  const findings = new Findings();
  for (const problem of source.problems) findings.fault(problem);
  const origins: Origins = new Map();

  const copy = cloneData(input, findings);
  if (!isMapping(copy)) {
    if (findings.problems.length === 0) {
      findings.fault(notAMapping(copy, "Begin with `target:`; `plimsoll init` writes a plan to start from."));
    }
    throw invalid(
      toFaults(findings.problems, {
        raw: copy,
        locate: source.locate,
        origins,
        redact: redactor([]),
        secrets: new Set(),
        file: options.file,
      }),
    );
  }
  applyEnvironment(copy, env, origins);
  applySets(copy, options.set ?? [], origins, findings);
  const interpolated = substitute(copy, options.vars ?? [], env, findings);
  const raw = withPreset(coerceVariables(planSchema, interpolated), findings);

  const secrets = collectSecrets(raw, interpolated.headers);
  for (const secret of interpolated.secrets) secrets.add(secret);
  const redact = redactor(secrets);

  const checked = planSchema.safeParse(raw);
  if (!checked.success) {
    for (const problem of problemsOf(checked.error.issues, raw, (path) => keysAt(planSchema, path)))
      findings.fault(problem);
  }
  const base = resolve(options.base ?? cwd);
  const plan = isMapping(raw) ? normalise(raw, { findings, base, cwd, env }, options.file) : undefined;
  if (findings.problems.length > 0 || !plan) {
    throw invalid(
      toFaults(findings.problems, { raw, locate: source.locate, origins, redact, secrets, file: options.file }),
    );
  }
  for (const { proxy, headers } of placesOf(plan)) {
    if (proxy !== undefined) for (const secret of secretsOfUrl(proxy)) secrets.add(secret);
    const { authorization } = headers;
    if (authorization !== undefined) secrets.add(authorization);
  }
  return {
    plan: { ...plan, secrets: [...secrets].filter((secret) => secret !== "") },
    warnings: findings.warnings.map((warning) => redactWarning(warning, redact)),
    defaults: findings.defaults,
  };
}

/** Wherever a plan sends headers. */
function placesOf({
  target,
  observe,
  export: { remoteWrite, otlp },
}: Plan): readonly Pick<Plan["target"], "headers" | "proxy">[] {
  return [target, ...observe.prometheus, observe.server, remoteWrite, otlp].filter((place) => place !== undefined);
}

function normalise(raw: Record<string, unknown>, ctx: Context, file: string | undefined): Plan | undefined {
  const peak = normalisePeak(raw["expect"], ctx);
  const target = normaliseTarget(raw["target"], ctx);
  const { workload, names: personas } = normaliseWorkload(raw["workload"], target, ctx);
  const seed = typeof raw["seed"] === "number" ? raw["seed"] : 1;
  const stages = normaliseStages(raw["stages"], peak, seed, ctx, workload.regions);
  const prices = normalisePrices(raw["prices"], target?.model, ctx);
  const hasPrices = raw["prices"] !== undefined;
  const slo = normaliseSlo(raw["slo"], { stages, personas, hasPrices, protocol: target?.protocol }, ctx);
  const budget = normaliseBudget(raw["budget"], hasPrices, stages.stages, ctx);
  const guards = normaliseGuards(raw["guards"], ctx);
  const generator = normaliseGenerator(raw["generator"], ctx);
  const observe = normaliseObserve(raw["observe"], ctx);
  const exported = normaliseExport(raw["export"], ctx);
  const hooks = typeof raw["hooks"] === "string" ? readableFile(raw["hooks"], ["hooks"], ctx) : undefined;
  if (!target) return undefined;
  const written = { name: raw["name"], seed: raw["seed"], runs: raw["runs"] };
  const fallback = defaultName(file, target.url);
  return {
    name: orDefault(typeof written.name === "string" ? written.name : undefined, fallback, "name", fallback, ctx),
    seed: orDefault(typeof written.seed === "number" ? written.seed : undefined, 1, "seed", "1", ctx),
    target,
    ...(typeof peak === "object" ? { expect: { peak: peak.level } } : {}),
    workload,
    stages: stages.stages,
    slo,
    ...(prices === undefined ? {} : { prices }),
    budget,
    guards,
    generator,
    observe,
    export: exported,
    ...(hooks === undefined ? {} : { hooks: { file: hooks } }),
    runs: resolve(
      ctx.cwd,
      orDefault(typeof written.runs === "string" ? written.runs : undefined, "./runs", "runs", "./runs", ctx),
    ),
    secrets: [],
  };
}

function defaultName(file: string | undefined, url: string): string {
  if (file !== undefined && file !== "-") return basename(file, extname(file));
  return new URL(url).hostname;
}

function redactWarning(warning: Warning, redact: Redactor): Warning {
  return {
    ...warning,
    message: redact(warning.message),
    ...(warning.hint === undefined ? {} : { hint: redact(warning.hint) }),
  };
}

export function invalid(faults: readonly Fault[]): PlimsollError {
  return new PlimsollError(faults, EXIT.planInvalid);
}
