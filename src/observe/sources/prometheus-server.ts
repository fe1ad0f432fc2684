import { isMapping } from "../../base/index.ts";
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
  /** Names of the plan's other sources. A job that is called as one is told as another part: its figures are older. */
  readonly others?: readonly string[];
}

/** Characters of a job's name. */
const LONGEST_PART = 200;

/** Instant queries to the HTTP API of a Prometheus server (or what speaks like one). Each job is a part; its instances are replicas. */
export class PrometheusServerSource implements Source {
  readonly name: string;
  readonly where: string;
  readonly table: readonly ServerEntry[] = SERVERS.map(byInstance);
  readonly #url: URL;
  readonly #client: HttpClient;
  readonly #queries: PrometheusServerOptions["queries"];
  readonly #others: ReadonlySet<string>;

  constructor({ name, url, where, queries, jobs, others = [], ...reach }: PrometheusServerOptions) {
    this.name = name;
    this.where = where;
    this.#url = new URL(`${url.replace(/\/+$/, "")}/api/v1/query`);
    this.#client = new HttpClient(reach);
    this.#others = new Set(others);
    this.#queries = queries.length > 0 ? queries : [{ name: "known", query: knownNamesQuery(SERVERS, jobs) }];
  }

  async look(signal: AbortSignal): Promise<Look> {
    const parts = new Map<string, Sample[]>();
    for (const query of this.#queries) {
      for (const sample of await this.#ask(query, signal)) {
        const part = this.#part(sample.labels.get("job"));
        const samples = parts.get(part);
        if (samples === undefined) parts.set(part, [sample]);
        else samples.push(sample);
      }
    }
    return { parts: [...parts].map(([part, samples]): PartSamples => ({ part, samples })), notes: [] };
  }

  #part(job = this.name): string {
    return (this.#others.has(job) ? `${job} (${this.name})` : job).slice(0, LONGEST_PART);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #ask({ name, query }: PrometheusServerOptions["queries"][number], signal: AbortSignal): Promise<Sample[]> {
    const form = new URLSearchParams({ query });
    const { body } = await this.#client.ask(this.#url, { accept: "application/json", form, signal });
    const text = await textOf(body, MOST_JSON);
    const results = readResults(parseJson(text));
    if (results === undefined) throw new Refusal("malformed", `no answer of a Prometheus server: ${excerpt(text)}`);
    if (results.length > LIMITS.series) throw new Refusal("too-many-series", `more than ${LIMITS.series} series`);
    return results.map(({ labels, value }) => {
      const own = labels.get("__name__") ?? name;
      return sampleOf(own, new Map([...labels].filter(([label]) => label !== "__name__")), value);
    });
  }
}

interface Result {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** The results of `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[time,"1"]}]}}`; undefined for another answer. */
function readResults(json: unknown): readonly Result[] | undefined {
  const data = isMapping(json) && json["status"] === "success" && isMapping(json["data"]) ? json["data"] : {};
  const { resultType, result } = data;
  if (!Array.isArray(result)) return undefined;
  if (resultType === "scalar") return all([readResult({ metric: {}, value: result })]);
  return resultType === "vector" ? all(result.map(readResult)) : undefined;
}

function readResult(result: unknown): Result | undefined {
  if (!isMapping(result) || !isMapping(result["metric"]) || !Array.isArray(result["value"])) return undefined;
  const written: unknown = result["value"][1];
  const value = typeof written === "string" ? readNumber(written) : undefined;
  const labels = Object.entries(result["metric"]).filter(
    (label): label is [string, string] => typeof label[1] === "string",
  );
  return value === undefined ? undefined : { labels: new Map(labels), value };
}

function all<T>(list: readonly (T | undefined)[]): readonly T[] | undefined {
  const there = list.filter((item) => item !== undefined);
  return there.length === list.length ? there : undefined;
}

/** A Prometheus server does not tell types in its answers. */
function sampleOf(name: string, labels: ReadonlyMap<string, string>, value: number): Sample {
  return { name, family: name, type: "unknown", part: "value", labels, value };
}

function byInstance(entry: ServerEntry): ServerEntry {
  return { ...entry, replica: ["instance", ...entry.replica] };
}
