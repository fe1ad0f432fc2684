import { request } from "undici";
import type { ProbeFile } from "../fit/types.ts";

/** ms and bytes that one page may take. */
const PAGE_MS = 4_000;
const PAGE_BYTES = 1024 * 1024;

/** Body of a page, or undefined where there is none to read: a probe goes on without. */
export async function page(url: URL, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(url, { headers, signal: AbortSignal.timeout(PAGE_MS) });
    let text = "";
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > PAGE_BYTES) break;
    }
    body.on("error", () => undefined); // cut on purpose
    body.destroy();
    return statusCode === 200 ? text : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined; // no such page, or too slow: the probe says that it had none
    throw error;
  }
}

/** Names that `GET /v1/models` lists. */
export function modelsOf(text: string | undefined): string[] {
  const data = member(parse(text), "data");
  if (!Array.isArray(data)) return [];
  return data.map((entry) => member(entry, "id")).filter((id) => typeof id === "string");
}

/** What a metrics page and llama.cpp's properties page tell of the engine. */
export function settingsOf(metrics: string | undefined, props: string | undefined): ProbeFile["settings"] {
  const properties = parse(props);
  const slots = whole(member(properties, "total_slots"));
  const context = whole(member(member(properties, "default_generation_settings"), "n_ctx"));
  if (slots !== undefined && context !== undefined)
    return { dialect: "llamacpp", maxSeqs: slots, maxModelLen: context, blocks: slots * context, blockSize: 1 };
  if (metrics === undefined) return {};
  if (/^llamacpp:/m.test(metrics)) return { dialect: "llamacpp", blockSize: 1 };
  if (/^sglang:/m.test(metrics)) return { dialect: "sglang" };
  if (!/^vllm:/m.test(metrics)) return {};
  const info = /^vllm:cache_config_info\{(.*)\}/m.exec(metrics)?.[1] ?? "";
  const label = (name: string): string | undefined => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(info)?.[1];
  const blocks = whole(Number(label("num_gpu_blocks")));
  const blockSize = whole(Number(label("block_size")));
  const caching = label("enable_prefix_caching");
  return {
    dialect: "vllm",
    ...(blocks === undefined ? {} : { blocks }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(caching === undefined ? {} : { prefixCache: caching.toLowerCase() === "true" }),
  };
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // another kind of page
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
