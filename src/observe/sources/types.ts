import type { ObserveEventName } from "../event-names.ts";
import type { Sample } from "../exposition/types.ts";
import type { ServerEntry } from "../servers/types.ts";

/** What one part told at one look. */
export interface PartSamples {
  readonly part: string;
  readonly samples: readonly Sample[];
}

export interface Look {
  readonly parts: readonly PartSamples[];
  /** What is worth an event: a page of a recognised server that is not there. */
  readonly notes: readonly { readonly name: ObserveEventName; readonly detail: Readonly<Record<string, unknown>> }[];
}

/** Something that is looked at on the beat: a metrics page, a Prometheus server, a process. */
export interface Source {
  /** The label `part` of its `scrape.*` series. */
  readonly name: string;
  /** For events: its URL without secrets, its port or pid. */
  readonly where: string;
  /** Servers that its samples may come from. */
  readonly table: readonly ServerEntry[];
  /**
   * @param known servers that were recognised at earlier looks
   * @throws LookFailure, Refusal
   */
  look(signal: AbortSignal, known: readonly ServerEntry[]): Promise<Look>;
  close(): Promise<void>;
}

export type LookFailureCode =
  | "unreachable"
  | "untrusted"
  | "timeout"
  | "status"
  | "no-metrics"
  | "gone"
  | "unreadable"
  | "unsupported";

/** A look that brought nothing: nobody answered, or with something else. */
export class LookFailure extends Error {
  readonly code: LookFailureCode;
  /** Of an HTTP answer, where that is why. */
  readonly status: number | undefined;

  constructor(code: LookFailureCode, message: string, cause?: unknown, status?: number) {
    super(message, { cause });
    this.name = "LookFailure";
    this.code = code;
    this.status = status;
  }
}
