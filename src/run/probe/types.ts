import type { Json, ProtocolName } from "../../plan/index.ts";

export interface ProbeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Json;
}

/** What came back, bounded in time and bytes. */
export interface Reply {
  readonly status: number;
  /** Without its parameters, lower case; empty where the server names none. */
  readonly contentType: string;
  readonly text: string;
  /** The body's end was seen; false where a bound cut it. */
  readonly whole: boolean;
}

/** Why there is no reply: `unreachable` where no connection came about. */
export interface NoReply {
  readonly unreachable: boolean;
  readonly reason: string;
}

export type Sender = (request: ProbeRequest) => Promise<Reply | NoReply>;

export interface ProbeContext {
  readonly url: URL;
  /** The text that is asked where a detector has to ask. */
  readonly prompt: string;
  readonly send: Sender;
}

/** The part of a plan's `target` that a detector found out. */
export interface FoundTarget {
  readonly url: string;
  readonly protocol: ProtocolName;
  /** The body's fields, each with what a plan puts there: `{{turn.prompt}}`, `{{messages}}`, `{{session.id}}`. */
  readonly request?: Readonly<Record<string, string>>;
  readonly events?: { readonly token: string; readonly usage?: string; readonly done?: string };
}

export type Detection =
  /** This version drives it. */
  | {
      readonly kind: "found";
      readonly what: string;
      readonly evidence: string;
      readonly target: FoundTarget;
      readonly models: readonly string[];
      readonly notes: readonly string[];
    }
  /** Recognised, but it cannot be driven as it stands; `hint` says what to do. */
  | {
      readonly kind: "known";
      readonly what: string;
      readonly evidence: string;
      readonly code: string;
      readonly hint: string;
    };

/** Looks for one thing that may speak at a URL; `undefined` where there is no sign of it. */
export interface Detector {
  readonly name: string;
  /** What it can find that this version drives. */
  readonly drives: readonly ProtocolName[];
  detect(context: ProbeContext): Promise<Detection | undefined>;
}
