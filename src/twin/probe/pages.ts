import { request } from "undici";
import type { ProbeFile } from "../fit/types.ts";

/** ms and bytes that one page may take. */
const PAGE_MS = 4_000;
const PAGE_BYTES = 1024 * 1024;

/** What came of asking for a page: its body where the status is 200; or why nothing answered. */
export type Page =
  | { readonly status: number; readonly text: string | undefined }
  | { readonly status: undefined; readonly text: undefined; readonly trouble: string };

const TROUBLES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host name is not known",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no way to its network",
};

/** Asks for one page. A probe goes on without those that are not there. */
export async function page(url: URL, headers: Readonly<Record<string, string>>): Promise<Page> {
  try {
    const { statusCode, body } = await request(url, { headers, signal: AbortSignal.timeout(PAGE_MS) });
    let text = "";
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > PAGE_BYTES) break;
    }
    body.on("error", () => undefined); // cut on purpose
    body.destroy();
    return { status: statusCode, text: statusCode === 200 ? text : undefined };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { status: undefined, text: undefined, trouble: troubleOf(error) };
  }
}

function troubleOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${PAGE_MS / 1000} s`;
  const code = "code" in error ? String(error.code) : "";
  return TROUBLES[code] ?? (error.message === "" ? code : error.message);
}

/** A model that `GET /v1/models` lists, with its context (vLLM and SGLang say it), tokens. */
export interface ListedModel {
  readonly id: string;
  readonly context: number | undefined;
}

export function modelsOf(text: string | undefined): ListedModel[] {
  const data = member(parse(text), "data");
  if (!Array.isArray(data)) return [];
  return data.flatMap((entry) => {
    const id = member(entry, "id");
    return typeof id === "string" ? [{ id, context: whole(member(entry, "max_model_len")) }] : [];
  });
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
