import { Refusal } from "../exposition/refusal.ts";
import { type PageOptions, PageSource } from "./page.ts";
import { LookFailure } from "./types.ts";

/** ms for each page that is tried. */
const PATIENCE = 1000;

export interface Discovered {
  readonly source?: PageSource;
  /** A page that was there, but beyond what is read: worth an event. */
  readonly refused?: { readonly where: string; readonly code: string; readonly why: string };
}

/**
 * Looks for a metrics page on an origin: `/metrics`; where that is none, NIM's `/v1/metrics`; where it is JSON, trtllm-serve's
 * `/prometheus/metrics`. Text is preferred; JSON with numbers is taken where there is no other. An origin without one is no fault.
 */
export async function discover(origin: URL, options: Omit<PageOptions, "url" | "where">): Promise<Discovered> {
  const first = await tryPage("/metrics", origin, options);
  if (first.kind === "text") return { source: first.source };
  if (first.kind === "silent") return {};
  if (first.kind === "refused") return { refused: first };
  const second = await tryPage(first.kind === "json" ? "/prometheus/metrics" : "/v1/metrics", origin, options);
  if (second.kind === "text" || (second.kind === "json" && first.kind !== "json")) {
    if (first.kind === "json") await first.source.close();
    return { source: second.source };
  }
  return first.kind === "json" ? { source: first.source } : {};
}

type Tried =
  | { readonly kind: "text" | "json"; readonly source: PageSource }
  | { readonly kind: "none" }
  /** Nobody answers: no use in asking for more. */
  | { readonly kind: "silent" }
  | { readonly kind: "refused"; readonly where: string; readonly code: string; readonly why: string };

async function tryPage(path: string, origin: URL, options: Omit<PageOptions, "url" | "where">): Promise<Tried> {
  const url = new URL(path, origin);
  const source = new PageSource({ ...options, url: url.href, where: url.href });
  const tried = await read(source, url);
  if (tried.kind !== "text" && tried.kind !== "json") await source.close();
  return tried;
}

async function read(source: PageSource, url: URL): Promise<Tried> {
  try {
    const { samples, isJson } = await source.read(url, AbortSignal.timeout(PATIENCE));
    if (samples.length === 0) return { kind: "none" };
    return { kind: isJson ? "json" : "text", source };
  } catch (error) {
    if (error instanceof LookFailure) {
      return { kind: error.code === "timeout" || error.code === "unreachable" ? "silent" : "none" };
    }
    if (!(error instanceof Refusal)) throw error;
    // Any text that is no exposition is malformed: an application that answers "ok" has no metrics page.
    if (error.code === "malformed") return { kind: "none" };
    return { kind: "refused", where: url.href, code: error.code, why: error.message };
  }
}
