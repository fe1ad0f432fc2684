import { PlimsollError } from "../../../../base/index.ts";
import { type Issuer, nearest, refuse } from "../../../../plan/index.ts";
import { type ColdStart, deriveEngine, type EnginePreset, PRESET_NAMES, presetNamed } from "../../../engine/index.ts";
import type { Dialect, EngineSpec, StepCosts, StepNoise } from "../../../engine/types.ts";
import type { WrittenEngine } from "./engine-schema.ts";

/** How a pool says which engine its replicas are. */
export interface WrittenSource {
  readonly preset?: string | undefined;
  readonly model?: string | undefined;
  readonly gpu?: string | undefined;
  readonly tensorParallel?: number | undefined;
  readonly quantization?: "bf16" | "fp8" | "int4" | undefined;
  readonly kvCache?: "bf16" | "fp8" | undefined;
  readonly utilisation?: number | undefined;
  readonly engine?: WrittenEngine | undefined;
}

export interface PoolEngine {
  readonly spec: EngineSpec;
  /** Its name for the model; undefined where the stack spells the engine out. */
  readonly model: string | undefined;
  /** ms; undefined where the stack spells the engine out. */
  readonly coldStart: ColdStart | undefined;
}

/** The engine of a pool from a preset, from a model on a GPU, or spelled out; undefined after a refusal. */
export function resolveEngine(written: WrittenSource, ctx: Issuer): PoolEngine | undefined {
  const { preset, model, gpu, engine } = written;
  const hardware = [...HARDWARE, "model", "gpu"].filter((field) => field in written);
  if (preset === undefined && model === undefined && gpu === undefined) return spelledOut(engine, ctx);
  if (preset !== undefined) {
    for (const field of hardware) {
      const hint = `Remove \`${field}\`, or write \`model\` and \`gpu\` in place of \`preset\`.`;
      refuse(ctx, { code: "STACK_ENGINE", message: "a preset has this already", path: [field], hint });
    }
    if (hardware.length > 0) return undefined;
  }
  const found = preset === undefined ? derived(written, ctx) : named(preset, engine?.dialect, ctx);
  if (found === undefined) return undefined;
  return { spec: overlay(found.spec, engine ?? {}), model: found.model, coldStart: found.coldStart };
}

/** What the engine is derived from besides model and GPU. */
const HARDWARE = ["tensorParallel", "quantization", "kvCache", "utilisation"] as const;

function named(name: string, dialect: Dialect | undefined, ctx: Issuer): EnginePreset | undefined {
  const found = presetNamed(name, dialect);
  if (found) return found;
  const meant = nearest(name, PRESET_NAMES);
  refuse(ctx, {
    code: "STACK_UNKNOWN_PRESET",
    message: "there is no such preset",
    path: ["preset"],
    hint: `${meant ? `Did you mean \`${meant}\`? ` : ""}Use one of ${PRESET_NAMES.join(", ")}.`,
  });
  return undefined;
}

function derived(written: WrittenSource, ctx: Issuer): EnginePreset | undefined {
  const { model, gpu, tensorParallel, quantization, kvCache, utilisation } = written;
  if (model === undefined || gpu === undefined) {
    const missing = model === undefined ? "model" : "gpu";
    refuse(ctx, {
      code: "STACK_MISSING",
      message: `${missing} is missing`,
      path: [missing],
      hint: `Add \`${missing}:\`.`,
    });
    return undefined;
  }
  try {
    return deriveEngine({
      model,
      gpu,
      ...(tensorParallel === undefined ? {} : { tensorParallel }),
      ...(quantization === undefined ? {} : { quantization }),
      ...(kvCache === undefined ? {} : { kvCache }),
      ...(utilisation === undefined ? {} : { utilisation }),
      ...(written.engine?.dialect === undefined ? {} : { dialect: written.engine.dialect }),
    });
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    for (const { code, message, path, hint } of error.faults) {
      refuse(ctx, {
        code,
        message,
        ...(path === undefined ? {} : { path: [path] }),
        ...(hint === undefined ? {} : { hint }),
      });
    }
    return undefined;
  }
}

const QUIET: StepNoise = { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 };

function spelledOut(engine: WrittenEngine | undefined, ctx: Issuer): PoolEngine | undefined {
  const { costs, blocks, maxModelLen } = engine ?? {};
  if (engine === undefined) {
    const hint = `Write \`preset:\` (one of ${PRESET_NAMES.join(", ")}), \`model:\` and \`gpu:\`, or \`engine:\`.`;
    refuse(ctx, { code: "STACK_MISSING", message: "the pool has no engine", hint });
    return undefined;
  }
  const needed = { costs: costs?.c0, blocks, maxModelLen };
  for (const [field, value] of Object.entries(needed)) {
    if (value !== undefined) continue;
    const name = field === "costs" ? "costs.c0" : field;
    const hint = "Add it, or name a preset to take it from.";
    refuse(ctx, { code: "STACK_MISSING", message: `${name} is missing`, path: ["engine", ...name.split(".")], hint });
  }
  if (costs?.c0 === undefined || blocks === undefined || maxModelLen === undefined) return undefined;
  const base: EngineSpec = {
    dialect: "vllm",
    costs: { c0: costs.c0, c1: 0, c2: costs.c1 ?? 0, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 },
    noise: QUIET,
    blocks,
    blockSize: engine.dialect === undefined || engine.dialect === "vllm" ? 16 : 1,
    tokenBudget: 2048,
    maxSeqs: 256,
    longPrefill: 0,
    maxModelLen,
    prefixCache: true,
    policy: "fcfs",
    leak: 0,
  };
  return { spec: overlay(base, engine), model: undefined, coldStart: undefined };
}

function overlay(base: EngineSpec, over: WrittenEngine): EngineSpec {
  const { costs, noise, speculation, sglang, llamacpp, ...rest } = over;
  const all: StepCosts = { ...base.costs, ...defined<Partial<StepCosts>>(costs ?? {}) };
  return {
    ...base,
    ...defined(rest),
    noise: { ...base.noise, ...defined<Partial<StepNoise>>(noise ?? {}) },
    ...(sglang === undefined ? {} : { sglang: defined(sglang) }),
    ...(llamacpp === undefined ? {} : { llamacpp: defined(llamacpp) }),
    ...(speculation === undefined
      ? { costs: all }
      : {
          costs: withDraft(all, speculation),
          speculation: { tokens: speculation.tokens, acceptance: speculation.acceptance },
        }),
  };
}

/** The draft model runs once a proposed token; c0 is mostly the reading of the model's weights, of which the draft's are a share. */
function withDraft(costs: StepCosts, { tokens, draft }: NonNullable<WrittenEngine["speculation"]>): StepCosts {
  return { ...costs, c0: costs.c0 * (1 + tokens * draft) };
}

/** Only the fields that are written. */
function defined<T extends object>(
  fields: { readonly [K in keyof T]?: T[K] | undefined },
): {
  [K in keyof T]?: Exclude<T[K], undefined>;
};
function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
