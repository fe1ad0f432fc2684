import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { presetNamed } from "../engine/index.ts";
import type { Dialect, EngineSpec } from "../engine/types.ts";
import { cacheVerdict } from "./cache-bound.ts";
import { conditionsOf } from "./conditions.ts";
import type { EngineSettings, Observations, Observed, Parameter } from "./types.ts";

export interface ResolvedSpec {
  /** With the preset's costs, or none that mean anything: they are what is fitted. */
  readonly spec: EngineSpec;
  readonly replicas: number;
  /** What nobody said and the fit took for granted. */
  readonly assumptions: readonly string[];
  /** Coefficients that are known only as far as a setting is that nobody told: what is assumed, in words. */
  readonly conditions: ReadonlyMap<Parameter, string>;
  /** Blocks are a lower bound, because the cache never bound and nobody gave their number. */
  readonly blocksAtLeast: boolean;
}

interface DialectDefaults {
  readonly blockSize: number;
  readonly prefixCache: boolean;
  /** Absent: it depends on the GPU. */
  readonly tokenBudget?: number;
  /** Absent: it is said at every start, or follows from the memory. */
  readonly maxSeqs?: number;
}

const DIALECT_DEFAULTS: Readonly<Record<Dialect, DialectDefaults>> = {
  vllm: { blockSize: 16, prefixCache: true, tokenBudget: 2048, maxSeqs: 256 },
  sglang: { blockSize: 1, prefixCache: true },
  llamacpp: { blockSize: 1, prefixCache: true, tokenBudget: 2048 },
};

/**
 * The engine as far as it is known. Throws a PlimsollError (exit code 104) with every setting that is missing and cannot be assumed: a block count
 * above all, which is never inferred where the cache may have bound.
 */
export function resolveSpec(
  settings: EngineSettings,
  preset: string | undefined,
  observations: Observations,
): ResolvedSpec {
  const faults: Fault[] = [];
  const assumptions: string[] = [];
  const shape = preset === undefined ? undefined : presetNamed(preset);
  if (preset !== undefined && shape === undefined)
    faults.push({
      code: "FIT_PRESET",
      message: "There is no such preset.",
      received: preset,
      hint: "Run `plimsoll twin presets` for their names.",
    });
  const dialect = settings.dialect ?? shape?.spec.dialect ?? "vllm";
  if (settings.dialect === undefined && shape === undefined)
    assumptions.push("the engine schedules as vLLM does (--dialect)");
  const defaults = DIALECT_DEFAULTS[dialect];
  const replicas = settings.replicas ?? 1;
  const together = mostTogether(observations);
  const usual = defaults.maxSeqs === undefined ? undefined : Math.max(defaults.maxSeqs, together);
  const maxSeqs = settings.maxSeqs ?? shape?.spec.maxSeqs ?? usual;
  const tokenBudget = settings.tokenBudget ?? shape?.spec.tokenBudget ?? defaults.tokenBudget;
  const blockSize = settings.blockSize ?? shape?.spec.blockSize ?? defaults.blockSize;
  const requests = observations.episodes.flatMap(({ requests: list }) => list);
  const found = requests.filter(({ cachedTokens }) => cachedTokens > 0).length;
  const told = settings.prefixCache ?? shape?.spec.prefixCache;
  // What was found is a fact, whatever the settings say.
  const prefixCache = found > 0 || (told ?? defaults.prefixCache);
  const longest = Math.max(...requests.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens));
  const need = (option: string, what: string, hint: string): void => {
    faults.push({ code: "FIT_SETTING", path: option, message: `${what} is not known.`, hint });
  };
  if (maxSeqs === undefined)
    need(
      "--max-seqs",
      "How many sequences a step holds",
      "Give --max-seqs: vLLM's max_num_seqs, llama.cpp's --parallel.",
    );
  if (tokenBudget === undefined)
    need(
      "--token-budget",
      "How many tokens a step holds",
      "Give --token-budget: vLLM's max_num_batched_tokens, llama.cpp's --batch-size.",
    );
  if (settings.blockSize === undefined && shape === undefined)
    assumptions.push(`blocks of ${blockSize} ${blockSize === 1 ? "token" : "tokens"} (${dialect}'s default)`);
  if (settings.maxSeqs === undefined && shape === undefined && maxSeqs !== undefined)
    assumptions.push(
      maxSeqs > together
        ? `${maxSeqs} sequences a step (${dialect}'s default, --max-seqs)`
        : `${maxSeqs} sequences a step: so many ran together and none waited (--max-seqs)`,
    );
  if (settings.tokenBudget === undefined && shape === undefined && tokenBudget !== undefined)
    assumptions.push(`${tokenBudget} tokens a step (${dialect}'s default, --token-budget)`);
  if (found > 0 && told === false)
    assumptions.push(
      `prefix caching on, though the settings have it off: ${found} of ${requests.length} requests found tokens in the cache`,
    );
  else if (told === undefined && found === 0)
    assumptions.push(`prefix caching ${prefixCache ? "on" : "off"} (${dialect}'s default)`);
  const asyncScheduling = settings.asyncScheduling ?? shape?.spec.asyncScheduling ?? dialect === "vllm";
  if (dialect === "vllm" && (settings.asyncScheduling ?? shape?.spec.asyncScheduling) === undefined)
    assumptions.push("asynchronous scheduling on (vllm's default, --async-scheduling)");
  if (dialect === "vllm" && (settings.admitWholePrompt ?? shape?.spec.admitWholePrompt) === undefined)
    assumptions.push(
      "requests admitted only where their whole prompt fits (vllm's default, scheduler_reserve_full_isl in --settings)",
    );
  if (settings.replicas !== undefined && settings.replicas > 1)
    assumptions.push(`${replicas} engines behind one address, dealt to by their load as vLLM's front end does`);
  const cache = cacheVerdict(observations, maxSeqs, replicas);
  // vLLM keeps block 0 as its null block.
  const given = settings.blocks === undefined ? shape?.spec.blocks : settings.blocks - (dialect === "vllm" ? 1 : 0);
  let blocks = given;
  let blocksAtLeast = false;
  if (given === undefined && cache.bound === "never") {
    blocksAtLeast = true;
    blocks = Math.ceil(cache.peakTokens / blockSize) + replicas;
    assumptions.push(`at least ${blocks} KV blocks: ${cache.why}, so the cache never bound`);
  } else if (given === undefined) {
    need(
      "--blocks",
      "The number of KV blocks",
      `Give --blocks: num_gpu_blocks of vllm:cache_config_info on the server's metrics page, or of its start-up log. It cannot be told from these data: ${cache.why}.`,
    );
  }
  const conditions = conditionsOf(observations, {
    tokenBudget: settings.tokenBudget === undefined && shape === undefined ? tokenBudget : undefined,
    maxSeqs: settings.maxSeqs === undefined && shape === undefined ? maxSeqs : undefined,
  });
  const context = settings.maxModelLen ?? shape?.spec.maxModelLen;
  if (context === undefined && blocks !== undefined)
    assumptions.push(`a context as long as the KV memory, ${blocks * blockSize} tokens, since none was told`);
  assumptions.push("ch and p2 are 0 (a cost per sequence and per context token of a prefill are not fitted)");
  const memory = given === undefined ? undefined : memoryOf(dialect, given, blockSize, maxSeqs ?? 1);
  faults.push(...beyondContext(requests, context, memory));
  if (faults.length > 0 || blocks === undefined || maxSeqs === undefined || tokenBudget === undefined)
    throw new PlimsollError(faults, EXIT.planInvalid);
  return {
    spec: {
      dialect,
      costs: shape?.spec.costs ?? NO_COSTS,
      noise: { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 },
      blocks,
      blockSize,
      tokenBudget,
      maxSeqs,
      longPrefill: settings.longPrefill ?? shape?.spec.longPrefill ?? 0,
      maxModelLen: Math.max(longest + 1, context ?? blocks * blockSize),
      prefixCache,
      ...(settings.admitWholePrompt === undefined ? {} : { admitWholePrompt: settings.admitWholePrompt }),
      ...(dialect === "vllm" ? { asyncScheduling } : {}),
      policy: "fcfs",
      leak: 0,
    },
    replicas,
    assumptions,
    conditions,
    blocksAtLeast,
  };
}

/** Most streams of a probe's ladder: had any of them waited, the probe would have named the limit. */
function mostTogether({ episodes }: Observations): number {
  return Math.max(0, ...episodes.flatMap(({ kind, requests }) => (kind === "ladder" ? [requests.length] : [])));
}

/** Tokens of prompt and answer that one request can hold of the memory. vLLM and llama.cpp never write the last token's. */
function memoryOf(dialect: Dialect, blocks: number, blockSize: number, maxSeqs: number): number {
  if (dialect === "llamacpp") return Math.floor((blocks * blockSize) / maxSeqs);
  return dialect === "sglang" ? (blocks - 1) * blockSize - 1 : blocks * blockSize + 1;
}

/** Of those that are told, the longest first. */
const MOST_TOLD = 10;

/** Requests that the context or the memory cannot have held; undefined: not known. */
function beyondContext(
  requests: readonly Observed[],
  context = Number.POSITIVE_INFINITY,
  memory = Number.POSITIVE_INFINITY,
): Fault[] {
  const most = Math.min(context, memory);
  const over = requests
    .filter(({ inputTokens, outputTokens }) => inputTokens + outputTokens > most)
    .sort((a, b) => b.inputTokens + b.outputTokens - a.inputTokens - a.outputTokens);
  const hint =
    "Check max_model_len, the number of blocks and their size, and the token counts; delete rows that no engine can have served.";
  const path = most === context ? "maxModelLen" : "blocks";
  const faults = over.slice(0, MOST_TOLD).map(
    ({ line, inputTokens, outputTokens }): Fault => ({
      code: "FIT_CONTEXT",
      path,
      ...(line === undefined ? {} : { line }),
      message: `The request is longer than the ${most} tokens that the settings allow.`,
      received: `${inputTokens} tokens in, ${outputTokens} out`,
      hint,
    }),
  );
  if (over.length > MOST_TOLD)
    faults.push({
      code: "FIT_CONTEXT",
      path,
      message: `${over.length - MOST_TOLD} more requests are longer than the ${most} tokens that the settings allow.`,
      hint,
    });
  return faults;
}

const NO_COSTS: EngineSpec["costs"] = { c0: 1, c1: 0, c2: 0, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 };
