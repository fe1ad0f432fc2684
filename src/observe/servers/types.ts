import type { ConceptFold, ConceptName } from "../../base/index.ts";
import type { Sample } from "../exposition/types.ts";

/**
 * How one kind of server is recognised by what it exports, and what of it means which concept. Plain data, made with the builders of
 * source.ts; what an entry does not name is kept behind `raw.`.
 */
export interface ServerEntry {
  /** The label `server`: vllm, redis, ... */
  readonly kind: string;
  /** As people write it: vLLM, Redis. */
  readonly title: string;
  /**
   * Groups of names of samples; the server is recognised when every name of one group is there. A name that ends in `*` stands for all
   * that begin so.
   */
  readonly tells: readonly (readonly string[])[];
  /** Not this server, though a group fits, where one of these names is there. */
  readonly unless?: readonly string[];
  /**
   * True for what comes along with any server (the process figures of a client library): its series take the label `server` of the
   * server that it was found beside, where there is one.
   */
  readonly beside?: true;
  /** Labels whose values, joined by `/`, name a replica, in this order; a label that a sample lacks is left out. */
  readonly replica: readonly string[];
  readonly maps: readonly ConceptMap[];
  /** Further pages of the same server, read beside its metrics on every scrape once it is recognised. */
  readonly pages?: readonly ServerPage[];
}

export interface ConceptMap {
  readonly to: ConceptName;
  readonly from: Source;
}

/** A JSON page; what it tells is mapped like samples of the metrics page. */
export interface ServerPage {
  /** From the origin of the metrics page: `/slots`. */
  readonly path: string;
  /** Pure; what it does not understand it leaves out. Answers are bounded in size before they come here. */
  read(json: unknown): readonly Sample[];
}

/** Where a concept's value comes from, worked out for each replica by itself. Made by the builders of source.ts. */
export type Source =
  | SeriesSource
  /** A number that a label of an info series holds (`cache_config_info{num_gpu_blocks="27000"}`). */
  | { readonly kind: "label"; readonly names: readonly string[]; readonly label: string }
  /** How many different values the label takes among the samples. */
  | {
      readonly kind: "distinct";
      readonly names: readonly string[];
      readonly label: string;
      readonly where: Where;
    }
  /** Growth a second since the scrape before; absent at the first and after a reset. */
  | { readonly kind: "rate"; readonly of: Source }
  | { readonly kind: "ratio"; readonly of: Source; readonly by: Source }
  | { readonly kind: "product"; readonly of: Source; readonly by: Source }
  | { readonly kind: "total"; readonly of: readonly Source[] }
  /** Of those that are there the first, for one thing that versions tell in different units. */
  | { readonly kind: "first"; readonly of: readonly Source[] }
  /** 1 - x */
  | { readonly kind: "rest"; readonly of: Source };

export interface SeriesSource {
  readonly kind: "series";
  /** Names of one thing over a server's versions; the first that is there counts. `_total` of a counter may be left out. */
  readonly names: readonly string[];
  /** Of a histogram or a summary its sum or count, by the name of the family; else the sample itself. */
  readonly part: "value" | "sum" | "count";
  readonly where: Where;
  /** The value is multiplied by it. */
  readonly scale: number;
  /** How samples of one replica become one; absent: as the concept's own fold says. */
  readonly fold?: ConceptFold;
}

/** Values that labels must have; of a list one, of a pattern a match. A label that is absent has the value "". */
export type Where = Readonly<Record<string, string | readonly string[] | RegExp>>;
