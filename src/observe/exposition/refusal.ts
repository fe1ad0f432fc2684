/** Why an answer is not taken for metrics. */
export type RefusalCode = "malformed" | "cut-short" | "too-large" | "line-too-long" | "too-many-series";

/** An answer that is refused as a whole: none of its samples counts. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** What one answer may hold at most. */
export interface ExpositionLimits {
  readonly bytes: number;
  readonly lineBytes: number;
  /** Samples, and families that `# TYPE` names. */
  readonly series: number;
}

export const LIMITS: ExpositionLimits = { bytes: 8 * 1024 * 1024, lineBytes: 64 * 1024, series: 20_000 };

const SHOWN = 60;

/** A piece of an answer as an event may show it. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
}
