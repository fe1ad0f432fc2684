import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { redactUrl, type Trust } from "../../plan/index.ts";
import { Refusal } from "../exposition/refusal.ts";
import { distrust, tlsOptions } from "../trust.ts";
import { LookFailure } from "./types.ts";

/** How one origin is reached. */
export interface Reach {
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy?: string;
  readonly tls?: Trust;
}

export interface Asked {
  readonly accept: string;
  readonly form?: URLSearchParams;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** ms for DNS, TCP and TLS. */
const CONNECT = 3000;

/** Where an answer sends one to look instead. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Redirects in a row that are followed. */
const MOST_REDIRECTS = 3;

/**
 * GET and POST over one kept connection. A page is followed within its own origin alone, so that headers go nowhere else; no compression is
 * asked for: it would cost the server under test.
 */
export class HttpClient {
  readonly #dispatcher: Dispatcher;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ headers, proxy, tls }: Reach) {
    const trust = tlsOptions(tls);
    this.#dispatcher =
      proxy === undefined
        ? new Agent({ connections: 2, connect: { timeout: CONNECT, ...trust } })
        : new ProxyAgent({ uri: proxy, connections: 2, requestTls: trust });
    this.#headers = headers;
  }

  /** @throws LookFailure where nobody answers, or with a status other than 200 */
  async ask(url: URL, asked: Asked): Promise<Answer> {
    let at = url;
    for (let followed = 0; followed < MOST_REDIRECTS; followed++) {
      const answer = await this.#askOnce(at, asked);
      if (!("location" in answer)) return answer;
      const { status, location } = answer;
      if (asked.form !== undefined || location?.origin !== url.origin) {
        const where = location === undefined ? "" : `, to ${redactUrl(location.href)}: name that page if it is yours`;
        throw new LookFailure("status", `it answers ${status}${where}`);
      }
      at = location;
    }
    throw new LookFailure("status", "it redirects again and again");
  }

  async #askOnce(
    url: URL,
    { accept, form, signal }: Asked,
  ): Promise<Answer | { readonly status: number; readonly location: URL | undefined }> {
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.#dispatcher,
        signal,
        headers: {
          "user-agent": "plimsoll",
          ...this.#headers,
          accept,
          "accept-encoding": "identity",
          ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(form === undefined ? {} : { method: "POST", body: form.toString() }),
      });
      if (statusCode !== 200) {
        body.on("error", () => {}).destroy();
        if (REDIRECTS.has(statusCode)) return { status: statusCode, location: locationOf(headers["location"], url) };
        throw new LookFailure("status", `it answers ${statusCode}`, undefined, statusCode);
      }
      const encoding = String(headers["content-encoding"] ?? "identity");
      if (encoding !== "identity") {
        body.on("error", () => {}).destroy();
        throw new Refusal("malformed", `the answer is encoded (${encoding}) though that was not asked for`);
      }
      return { contentType: String(headers["content-type"] ?? ""), body: named(body) };
    } catch (error) {
      throw failureOf(error);
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function locationOf(header: string | string[] | undefined, from: URL): URL | undefined {
  return typeof header === "string" && URL.canParse(header, from.href) ? new URL(header, from) : undefined;
}

/** The pieces of a body, its failures by our names. */
async function* named(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failureOf(error);
  }
}

/** All of a body as text. */
export async function textOf(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new Refusal("too-large", `the answer is larger than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal("malformed", `the answer is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function failureOf(error: unknown): Error {
  if (error instanceof LookFailure || error instanceof Refusal) return error;
  if (!(error instanceof Error)) return new LookFailure("unreachable", String(error));
  if (error.name === "TimeoutError" || /TIMEOUT/.test(codeOf(error))) {
    return new LookFailure("timeout", "it does not answer in time", error);
  }
  const why = distrust(codeOf(error));
  if (why !== undefined) return new LookFailure("untrusted", why, error);
  return new LookFailure("unreachable", `it does not answer (${codeOf(error) || error.message})`, error);
}

function codeOf(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
