import type { Json, PlanInput, ProtocolName } from "../../plan/index.ts";

export type StageInput = NonNullable<PlanInput["stages"]>[number];
export type LimitInput = NonNullable<PlanInput["slo"]>[number];
export type PersonaInput = NonNullable<NonNullable<PlanInput["workload"]>["personas"]>[number];
export type ThinkInput = NonNullable<PersonaInput["think"]>;

/** What is to be read, as text. */
export interface Source {
  /** As the person named it. */
  readonly name: string;
  readonly text: string;
  /** The text as JSON, where it is JSON. */
  readonly json: unknown;
}

/** What could not be carried over, and where it stands. */
export interface Left {
  readonly place: string;
  readonly what: string;
}

/** One request that a file tells of. */
export interface Call {
  /** `entry 3`, `line 12`: where it stands in the file. */
  readonly place: string;
  readonly method: string;
  /** Absolute, or a path; variables as {@link reference} writes them. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** What the server answered, where the file has it. */
  readonly answer?: { readonly contentType: string; readonly text: string };
  /** ms on any clock: when it was sent, and how long its answer took. */
  readonly at?: number;
  readonly took?: number;
  /** The kind of user that sends it, and that kind's share. */
  readonly group: string;
  readonly weight: number;
  /** Pause after it. */
  readonly think?: ThinkInput;
  /** Another text at the same place of the file: an alternative, not a further request. */
  readonly alternative?: boolean;
}

/** What an importer reads out of a file. */
export interface Draft {
  /** `a HAR file of 12 requests` */
  readonly what: string;
  readonly calls: readonly Call[];
  readonly stages?: { readonly value: readonly StageInput[]; readonly from: string };
  readonly slo: readonly { readonly limit: LimitInput; readonly from: string }[];
  readonly left: readonly Left[];
}

export interface Importer {
  readonly name: string;
  /** In a list of what can be read: `HAR file`. */
  readonly title: string;
  /** Whether the text is of this kind, by its content alone. */
  recognises(source: Source): boolean;
  /** Throws a PlimsollError (`INIT_UNREADABLE`) where the text is of the kind, and broken. */
  read(source: Source): Draft | Promise<Draft>;
}

/** What a request asks, in the words of a plan. */
export interface Asked {
  readonly protocol: ProtocolName;
  /** What users say, turn by turn. */
  readonly turns: readonly string[];
  readonly system?: string;
  readonly model?: string;
  readonly maxTokens?: number;
  readonly parameters?: Readonly<Record<string, Json>>;
  readonly request?: Json;
  readonly events?: { readonly token: string; readonly usage?: string; readonly done?: string };
  readonly left: readonly string[];
}
