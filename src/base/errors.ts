/** What a run ends with. k6's codes where they mean the same; documented in docs/EXIT-CODES.md. */
export const EXIT = {
  held: 0,
  internal: 1,
  thresholdCrossed: 99,
  planInvalid: 104,
  interrupted: 105,
  hookThrew: 107,
  guardAborted: 108,
  generatorLimited: 120,
  budgetSpent: 121,
  unreachable: 122,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One thing wrong with an input, told so that the person can mend it. */
export interface Fault {
  /** Stable, SCREAMING_SNAKE, prefixed by the room: `PLAN_UNKNOWN_FIELD`. */
  readonly code: string;
  readonly message: string;
  /** Where in the input: `stages[2].to`. */
  readonly path?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** The received value, printable and already redacted. */
  readonly received?: string;
  /** The next step, as a sentence that begins with a verb. */
  readonly hint?: string;
}

/** The one error class. It carries every fault of an input at once, and the exit code that they lead to. */
export class PlimsollError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly faults: readonly Fault[];

  constructor(faults: Fault | readonly Fault[], exitCode: ExitCode, options?: ErrorOptions) {
    const list: readonly Fault[] = Array.isArray(faults) ? faults : [faults as Fault];
    super(list.map((fault) => fault.message).join("\n"), options);
    this.name = "PlimsollError";
    this.code = list[0]?.code ?? "INTERNAL";
    this.exitCode = exitCode;
    this.faults = list;
  }
}

/** A warning is a value with a code, so that it can be counted, filtered and shown by any face. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
