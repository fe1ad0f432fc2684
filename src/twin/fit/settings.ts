import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { readText } from "./text-file.ts";
import type { EngineSettings } from "./types.ts";

export interface FoundSettings {
  readonly settings: EngineSettings;
  readonly notes: readonly string[];
}

interface SettingEntry {
  readonly setting: keyof EngineSettings;
  /** Keys under which engines' own files and metrics have it, whatever they lie under. */
  readonly keys: readonly string[];
  readonly kind: "count" | "flag";
}

const ENTRIES: readonly SettingEntry[] = [
  { setting: "blocks", keys: ["num_gpu_blocks", "blocks"], kind: "count" },
  { setting: "blockSize", keys: ["block_size", "page_size", "blockSize"], kind: "count" },
  {
    setting: "tokenBudget",
    keys: ["max_num_batched_tokens", "chunked_prefill_size", "n_batch", "tokenBudget"],
    kind: "count",
  },
  { setting: "maxSeqs", keys: ["max_num_seqs", "max_running_requests", "n_parallel", "maxSeqs"], kind: "count" },
  { setting: "longPrefill", keys: ["long_prefill_token_threshold", "longPrefill"], kind: "count" },
  { setting: "maxModelLen", keys: ["max_model_len", "context_length", "n_ctx", "maxModelLen"], kind: "count" },
  { setting: "prefixCache", keys: ["enable_prefix_caching", "prefixCache"], kind: "flag" },
  { setting: "admitWholePrompt", keys: ["scheduler_reserve_full_isl", "admitWholePrompt"], kind: "flag" },
  { setting: "asyncScheduling", keys: ["async_scheduling", "asyncScheduling"], kind: "flag" },
  { setting: "replicas", keys: ["data_parallel_size", "dp_size", "replicas"], kind: "count" },
];

/** Files beside a requests table that may hold settings, in the order in which they are tried. */
const NEIGHBOURS = ["meta.json", "settings.json", "engine.json"];

/** The settings file that is named, or one that lies beside the table of requests. */
export async function readSettings(named: string | undefined, beside: string | undefined): Promise<FoundSettings> {
  const file = named ?? (beside === undefined ? undefined : await neighbour(beside));
  if (file === undefined) return { settings: {}, notes: [] };
  return parseSettings(await readText(file, "SETTINGS_FILE"), file);
}

/** The same from the file's text. */
export function parseSettings(text: string, file: string): FoundSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PlimsollError(
      {
        code: "SETTINGS_JSON",
        file,
        message: `The settings are not JSON: ${error instanceof Error ? error.message : String(error)}`,
        hint: "Give the engine's settings as JSON, or leave --settings out and name each with its option.",
      },
      EXIT.planInvalid,
      { cause: error },
    );
  }
  const faults: Fault[] = [];
  const notes: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const entry of ENTRIES) {
    const found = valuesOf(json, entry.keys);
    const [first] = found;
    if (first === undefined) continue;
    const other = found.find(({ value }) => value !== first.value && typeof value === typeof first.value);
    if (other !== undefined)
      notes.push(
        `${basename(file)} has ${first.path} ${show(first.value)} and ${other.path} ${show(other.value)}; the first is taken.`,
      );
    if (fits(entry.kind, first.value)) settings[entry.setting] = first.value;
    else
      faults.push({
        code: "SETTINGS_VALUE",
        file,
        path: first.path,
        message: `${first.path} is not ${entry.kind === "count" ? "a whole number" : "true or false"}.`,
        received: show(first.value),
        hint: "Correct it, or remove it and use the command's option.",
      });
  }
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return { settings, notes };
}

function fits(kind: SettingEntry["kind"], value: unknown): boolean {
  if (kind === "count") return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return typeof value === "boolean";
}

function show(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 60);
}

interface FoundValue {
  readonly path: string;
  readonly value: unknown;
}

const DEEPEST = 8;

/** Values that are not null under any of the keys, the least deep first. */
function valuesOf(root: unknown, keys: readonly string[]): FoundValue[] {
  const found: FoundValue[] = [];
  let level: FoundValue[] = [{ path: "", value: root }];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const next: FoundValue[] = [];
    for (const { path, value } of level) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
      for (const [key, inner] of Object.entries<unknown>({ ...value })) {
        const at: FoundValue = { path: path === "" ? key : `${path}.${key}`, value: inner };
        const scalar = typeof inner !== "object";
        if (keys.includes(key) && inner !== null && scalar) found.push(at);
        else next.push(at);
      }
    }
    level = next;
  }
  return found;
}

async function neighbour(file: string): Promise<string | undefined> {
  const folder = dirname(file);
  const names = new Set(await readdir(folder));
  const found = NEIGHBOURS.find((name) => names.has(name) && name !== basename(file));
  return found === undefined ? undefined : join(folder, found);
}
