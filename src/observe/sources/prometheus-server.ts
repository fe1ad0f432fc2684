import { z } from "zod";
import { readNumber } from "../exposition/number.ts";
import { excerpt, LIMITS, Refusal } from "../exposition/refusal.ts";
import type { Sample } from "../exposition/types.ts";
import { SERVERS } from "../servers/table.ts";
import type { ServerEntry } from "../servers/types.ts";
import { HttpClient, parseJson, type Reach, textOf } from "./http.ts";
import { knownNamesQuery } from "./known-names.ts";
import { MOST_JSON } from "./page.ts";
import type { Look, PartSamples, Source } from "./types.ts";

export interface PrometheusServerOptions extends Reach {
  readonly name: string;
  readonly url: string;
  readonly where: string;
  /** PromQL; a result without a metric's name takes that of the query. Empty: the names that the tables know. */
  readonly queries: readonly { readonly name: string; readonly query: string }[];
  /** Jobs that are asked about; empty: all. */
  readonly jobs: readonly string[];
}

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.discriminatedUnion("resultType", [
    z.object({
      resultType: z.literal("vector"),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
    }),
    z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) }),
  ]),
});

/** Instant queries to the HTTP API of a Prometheus server (or what speaks like one). Each job is a part; its instances are replicas. */
export class PrometheusServerSource implements Source {
  readonly name: string;
  readonly where: string;
  readonly table: readonly ServerEntry[] = SERVERS.map(byInstance);
  readonly #url: URL;
  readonly #client: HttpClient;
  readonly #queries: PrometheusServerOptions["queries"];

  constructor({ name, url, where, queries, jobs, ...reach }: PrometheusServerOptions) {
    this.name = name;
    this.where = where;
    this.#url = new URL(`${url.replace(/\/+$/, "")}/api/v1/query`);
    this.#client = new HttpClient(reach);
    this.#queries = queries.length > 0 ? queries : [{ name: "known", query: knownNamesQuery(SERVERS, jobs) }];
  }

  async look(signal: AbortSignal): Promise<Look> {
    const parts = new Map<string, Sample[]>();
    for (const query of this.#queries) {
      for (const sample of await this.#ask(query, signal)) {
        const part = sample.labels.get("job") ?? this.name;
        const samples = parts.get(part);
        if (samples === undefined) parts.set(part, [sample]);
        else samples.push(sample);
      }
    }
    return { parts: [...parts].map(([part, samples]): PartSamples => ({ part, samples })), notes: [] };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #ask({ name, query }: PrometheusServerOptions["queries"][number], signal: AbortSignal): Promise<Sample[]> {
    const form = new URLSearchParams({ query });
    const { body } = await this.#client.ask(this.#url, { accept: "application/json", form, signal });
    const text = await textOf(body, MOST_JSON);
    const parsed = answerSchema.safeParse(parseJson(text));
    if (!parsed.success) throw new Refusal("malformed", `no answer of a Prometheus server: ${excerpt(text)}`);
    const { data } = parsed.data;
    const results = data.resultType === "scalar" ? [{ metric: {}, value: data.result }] : data.result;
    if (results.length > LIMITS.series) throw new Refusal("too-many-series", `more than ${LIMITS.series} series`);
    return results.flatMap(({ metric, value: [, written] }) => {
      const { __name__: own = name, ...labels } = metric;
      const value = readNumber(written);
      return value === undefined ? [] : [sampleOf(own, new Map(Object.entries(labels)), value)];
    });
  }
}

/** A Prometheus server does not tell types in its answers. */
function sampleOf(name: string, labels: ReadonlyMap<string, string>, value: number): Sample {
  return { name, family: name, type: "unknown", part: "value", labels, value };
}

function byInstance(entry: ServerEntry): ServerEntry {
  return { ...entry, replica: ["instance", ...entry.replica] };
}
