import { isMapping } from "../../base/index.ts";
import { LIMITS } from "./refusal.ts";
import type { Sample } from "./types.ts";

const NO_LABELS: ReadonlyMap<string, string> = new Map();
const DEEPEST = 8;

/**
 * The numbers of a JSON answer as samples named by their path: `kvCacheStats.usedNumBlocks`. Of a list of like things that is the whole
 * answer (trtllm-serve tells one object an iteration) the last counts, as the newest; other lists are left out, and so is what lies
 * deeper than eight levels. True and false are 1 and 0.
 */
export function jsonSamples(json: unknown, most = LIMITS.series): readonly Sample[] {
  const samples: Sample[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (samples.length >= most) return;
    const number = typeof value === "boolean" ? Number(value) : value;
    if (typeof number === "number" && path !== "") {
      samples.push({ name: path, family: path, type: "unknown", part: "value", labels: NO_LABELS, value: number });
    } else if (isMapping(value) && depth < DEEPEST) {
      for (const [key, item] of Object.entries(value)) walk(item, path === "" ? key : `${path}.${key}`, depth + 1);
    }
  };
  walk(Array.isArray(json) ? json.at(-1) : json, "", 0);
  return samples;
}
