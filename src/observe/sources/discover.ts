import { Refusal } from "../exposition/refusal.ts";
import { type PageOptions, PageSource } from "./page.ts";
import { LookFailure } from "./types.ts";

/** ms for each page that is tried. */
const PATIENCE = 1000;
/** There may be a page, for others. */
const LOCKED: ReadonlySet<number> = new Set([401, 403, 407]);
/** Where trtllm-serve has its text, beside a `/metrics` in JSON. */
const TEXT_BESIDE_JSON = "prometheus/metrics";

export interface Discovered {
  readonly source?: PageSource;
  /** A page that was there, but beyond what is read, or that wants other credentials: worth an event. */
  readonly refused?: Refused;
}

type Options = Omit<PageOptions, "url" | "where">;

interface Refused {
  readonly where: string;
  readonly code: string;
  readonly why: string;
}

/**
 * Looks for a metrics page of a target: where its API lies below a path, beside that (`/llm/metrics` of `/llm/v1/chat/completions`); at the
 * root; at the target itself (NIM's `/v1/metrics`); and where a page is JSON, at trtllm-serve's `prometheus/metrics`. Text is preferred; JSON with
 * numbers is taken where there is no other. A target without a page is no fault.
 */
export async function discover(target: URL, options: Options): Promise<Discovered> {
  let refused: Refused | undefined;
  for (const url of pagesOf(target)) {
    const tried = await tryPage(url, options);
    if (tried.kind === "text") return { source: tried.source };
    if (tried.kind === "json") return { source: await textBeside(url, tried.source, options) };
    if (tried.kind === "silent") break;
    if (tried.kind === "refused") refused ??= { where: tried.where, code: tried.code, why: tried.why };
  }
  return refused === undefined ? {} : { refused };
}

async function textBeside(url: URL, json: PageSource, options: Options): Promise<PageSource> {
  const tried = await tryPage(new URL(TEXT_BESIDE_JSON, url), options);
  if (tried.kind === "json") await tried.source.close();
  if (tried.kind !== "text") return json;
  await json.close();
  return tried.source;
}

/** Where a target's page may be, the likeliest first. */
function pagesOf(target: URL): URL[] {
  const own = target.pathname.replace(/\/chat\/completions\/?$/, "").replace(/\/+$/, "");
  const [, prefix] = /^(.*)\/v\d+\w*$/.exec(own) ?? [];
  const folders = new Set([...(prefix === undefined ? [] : [prefix]), "", own]);
  return [...folders].map((folder) => new URL(`${folder}/metrics`, target.origin));
}

type Tried =
  | { readonly kind: "text" | "json"; readonly source: PageSource }
  | { readonly kind: "none" }
  /** Nobody answers: no use in asking for more. */
  | { readonly kind: "silent" }
  | ({ readonly kind: "refused" } & Refused);

async function tryPage(url: URL, options: Options): Promise<Tried> {
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
      const { code, status } = error;
      if (code === "timeout" || code === "unreachable" || code === "untrusted") return { kind: "silent" };
      if (status === undefined || !LOCKED.has(status)) return { kind: "none" };
      const why = `${error.message} to the target's own headers: name the page in observe.prometheus with those that it wants`;
      return { kind: "refused", where: url.href, code, why };
    }
    if (!(error instanceof Refusal)) throw error;
    // Any text that is no exposition is malformed: an application that answers "ok" has no metrics page.
    if (error.code === "malformed") return { kind: "none" };
    return { kind: "refused", where: url.href, code: error.code, why: error.message };
  }
}
