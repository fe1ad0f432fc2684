import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { presetNamed } from "../engine/index.ts";
import type { Dialect, EngineSpec } from "../engine/types.ts";
import { cacheVerdict } from "./cache-bound.ts";
import type { EngineSettings, Observations } from "./types.ts";

export interface ResolvedSpec {
  /** With the preset's costs, or none that mean anything: they are what is fitted. */
  readonly spec: EngineSpec;
  readonly replicas: number;
  /** What nobody said and the fit took for granted. */
  readonly assumptions: readonly string[];
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
      hint: "Run `plimsoll twin simulate --help` for the presets' names.",
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
  const prefixCache = settings.prefixCache ?? shape?.spec.prefixCache ?? defaults.prefixCache;
  const requests = observations.episodes.flatMap(({ requests: list }) => list);
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
  if (settings.prefixCache === undefined && shape === undefined)
    assumptions.push(`prefix caching ${prefixCache ? "on" : "off"} (${dialect}'s default)`);
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
  const context = settings.maxModelLen ?? shape?.spec.maxModelLen;
  if (context === undefined && blocks !== undefined)
    assumptions.push(`a context as long as the KV memory, ${blocks * blockSize} tokens, since none was told`);
  assumptions.push("ch and p2 are 0 (a cost per sequence and per context token of a prefill are not fitted)");
  faults.push(...beyondContext(observations, settings));
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
      ...(settings.asyncScheduling === undefined ? {} : { asyncScheduling: settings.asyncScheduling }),
      policy: "fcfs",
      leak: 0,
    },
    replicas,
    assumptions,
    blocksAtLeast,
  };
}

/** Most streams of a probe's ladder: had any of them waited, the probe would have named the limit. */
function mostTogether({ episodes }: Observations): number {
  return Math.max(0, ...episodes.flatMap(({ kind, requests }) => (kind === "ladder" ? [requests.length] : [])));
}

/** Requests that the told context cannot have held. */
function beyondContext({ episodes }: Observations, { maxModelLen, blocks, blockSize }: EngineSettings): Fault[] {
  const memory = blocks === undefined || blockSize === undefined ? Number.POSITIVE_INFINITY : blocks * blockSize;
  const context = Math.min(maxModelLen ?? Number.POSITIVE_INFINITY, memory);
  const over = episodes
    .flatMap(({ requests }) => requests)
    .filter(({ inputTokens, outputTokens }) => inputTokens + outputTokens > context);
  const [worst] = over.toSorted((a, b) => b.inputTokens + b.outputTokens - a.inputTokens - a.outputTokens);
  if (worst === undefined) return [];
  return [
    {
      code: "FIT_CONTEXT",
      path: context === maxModelLen ? "maxModelLen" : "blocks",
      ...(worst.line === undefined ? {} : { line: worst.line }),
      message: `${over.length} ${over.length === 1 ? "request is" : "requests are"} longer than the ${context} tokens that the settings allow.`,
      received: `${worst.inputTokens} tokens in, ${worst.outputTokens} out`,
      hint: "Check max_model_len, the number of blocks and the token counts; delete rows that no engine can have served.",
    },
  ];
}

const NO_COSTS: EngineSpec["costs"] = { c0: 1, c1: 0, c2: 0, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 };
