import type { Servers } from "../bottleneck/scene/servers.ts";
import type { Column, Facts } from "../facts/types.ts";

/** A sign that came before a failure. */
export interface Warning {
  /** Bin. */
  readonly at: number;
  readonly measure: string;
  readonly unit: string;
  readonly component: string;
  readonly before: number;
  readonly after: number;
  readonly test: string;
  readonly p?: number;
  readonly words: string;
  /** What to alert on. */
  readonly alert: {
    readonly values: Column;
    /** Value above which it is unusual. */
    readonly above: number;
    /** As a rule for an alert: "server.queued of llm above 3 for ten seconds". */
    readonly say: (above: number) => string;
  };
}

export interface Sign {
  readonly name: string;
  /** Subject and verb of a title, after which the lead time comes: "the queue grew". */
  readonly happened: string;
  /** Share of healthy seeded runs, cut off at any time, in which it warns; the tests measure it and hold it to this. */
  readonly falseAlarms: number;
  /** Looks at bins [from, until) alone; `until` is the failure's. */
  look(facts: Facts, servers: Servers, from: number, until: number): readonly Warning[];
}
