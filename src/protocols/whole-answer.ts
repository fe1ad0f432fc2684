/** What a dialect's own reader finds in a body that is one answer; undefined where the body does not say. */
export interface WholeAnswer {
  readonly text?: string | undefined;
  /** A list of tool calls in one of the usual shapes. */
  readonly calls?: readonly unknown[] | undefined;
  /** It is the answer's end, though it may not say why. */
  readonly done?: boolean;
  /** Why it ended. */
  readonly finish?: string | undefined;
  readonly error?: string | undefined;
  /** Token counts under their usual names. */
  readonly usage?: unknown;
  readonly model?: string | undefined;
  readonly id?: string | undefined;
}
