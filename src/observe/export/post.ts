import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import type { ExportPlace } from "../../plan/index.ts";
import { distrust, tlsOptions } from "../trust.ts";
import type { Sent } from "./sender.ts";

/** ms for one answer, connecting included. */
const ANSWER = 5000;
/** Characters of an answer that a warning repeats. */
const EXCERPT = 200;

/** Posts bodies to one place over one kept connection. */
export class Poster {
  readonly #place: ExportPlace;
  readonly #own: Readonly<Record<string, string>>;
  readonly #dispatcher: Dispatcher;

  /** @param own headers that the protocol demands; they come over the place's */
  constructor(place: ExportPlace, own: Readonly<Record<string, string>>) {
    this.#place = place;
    this.#own = own;
    const trust = tlsOptions(place.tls);
    this.#dispatcher =
      place.proxy === undefined
        ? new Agent({ connections: 1, connect: trust })
        : new ProxyAgent({ uri: place.proxy, connections: 1, requestTls: trust });
  }

  async post(body: Uint8Array, signal: AbortSignal): Promise<Sent> {
    try {
      const answer = await request(this.#place.url, {
        method: "POST",
        dispatcher: this.#dispatcher,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER)]),
        headers: { "user-agent": "plimsoll", ...this.#place.headers, ...this.#own },
        body,
      });
      const said = await beginning(answer.body);
      const { statusCode } = answer;
      if (statusCode >= 200 && statusCode < 300) return { state: "taken" };
      const why = `it answers ${statusCode}${said === "" ? "" : ` (${said})`}`;
      return { state: statusCode === 429 || statusCode >= 500 ? "later" : "refused", why };
    } catch (error) {
      return { state: "later", why: whyOf(error) };
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

/** The first line or so of what was answered; the rest is read no further. */
async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of body) {
    text += Buffer.from(piece).toString("utf8");
    if (text.length > EXCERPT) break;
  }
  return text.replaceAll(/\s+/g, " ").trim().slice(0, EXCERPT);
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `it does not answer within ${ANSWER / 1000} s`;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return distrust(code) ?? `it does not answer (${code || error.message})`;
}
