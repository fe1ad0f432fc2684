import { jsonSamples } from "../exposition/json.ts";
import { ACCEPT, formatOf } from "../exposition/negotiate.ts";
import { ExpositionParser, SeriesMemory } from "../exposition/parser.ts";
import { type ExpositionLimits, LIMITS, Refusal } from "../exposition/refusal.ts";
import type { Sample } from "../exposition/types.ts";
import { SERVERS } from "../servers/table.ts";
import type { ServerEntry, ServerPage } from "../servers/types.ts";
import { HttpClient, parseJson, type Reach, textOf } from "./http.ts";
import { type Look, LookFailure, type Source } from "./types.ts";

export interface PageOptions extends Reach {
  readonly name: string;
  readonly url: string;
  /** The URL without secrets. */
  readonly where: string;
  readonly limits?: ExpositionLimits;
}

/** JSON is held whole and takes many times its size in memory. */
export const MOST_JSON = 4 * 1024 * 1024;

/** A page in Prometheus text, OpenMetrics text or JSON, and the further pages of the server that it turns out to be. */
export class PageSource implements Source {
  readonly name: string;
  readonly where: string;
  readonly table = SERVERS;
  readonly #url: URL;
  readonly #client: HttpClient;
  readonly #limits: ExpositionLimits;
  readonly #memory: SeriesMemory;
  readonly #missing = new Set<ServerPage>();

  constructor({ name, url, where, limits = LIMITS, ...reach }: PageOptions) {
    this.name = name;
    this.where = where;
    this.#url = new URL(url);
    this.#client = new HttpClient(reach);
    this.#limits = limits;
    this.#memory = new SeriesMemory(limits);
  }

  async look(signal: AbortSignal, known: readonly ServerEntry[]): Promise<Look> {
    const { samples } = await this.read(this.#url, signal);
    const notes: Look["notes"][number][] = [];
    const more: Sample[] = [];
    for (const page of known.flatMap(({ pages = [] }) => pages)) {
      if (this.#missing.has(page)) continue;
      try {
        more.push(...(await this.#furtherPage(page, signal)));
      } catch (error) {
        if (!isMissing(error)) throw error;
        this.#missing.add(page);
        notes.push({ name: "page-missing", detail: { path: page.path, code: error.code, why: error.message } });
      }
    }
    return { parts: [{ part: this.name, samples: [...samples, ...more] }], notes };
  }

  /** The samples of a page on this origin, and whether they came as JSON. */
  async read(
    url: URL,
    signal: AbortSignal,
  ): Promise<{ readonly samples: readonly Sample[]; readonly isJson: boolean }> {
    const { contentType, body } = await this.#client.ask(url, { accept: ACCEPT, signal });
    const format = formatOf(contentType);
    if (format === "json") return { samples: jsonSamples(parseJson(await textOf(body, MOST_JSON))), isJson: true };
    if (format === undefined) {
      await discard(body);
      throw new LookFailure("no-metrics", `it answers ${contentType}, which is no format of metrics`);
    }
    const parser = new ExpositionParser(format, this.#limits, this.#memory);
    for await (const piece of body) parser.push(piece);
    return { samples: parser.end(), isJson: false };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #furtherPage(page: ServerPage, signal: AbortSignal): Promise<readonly Sample[]> {
    const { body } = await this.#client.ask(new URL(page.path, this.#url), { accept: "application/json", signal });
    return page.read(parseJson(await textOf(body, MOST_JSON)));
  }
}

/** A page that the server does not have, or has in a form that nobody understands: it is not asked for again. */
function isMissing(error: unknown): error is LookFailure | Refusal {
  return error instanceof Refusal || (error instanceof LookFailure && error.code === "status");
}

/** Leaves a body unread and lets go of its connection. */
async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) return;
}
