/** One field of a part of a stack: what it becomes. The first that applies counts. */
export interface FieldChange {
  readonly path: readonly string[];
  /** Times its value. */
  readonly times?: number;
  /** More than its value. */
  readonly plus?: number;
  /** Exactly this; `null` removes it. */
  readonly to?: string | number | boolean | null;
}

/** A change to a stack that an advice can be tried by on a twin: the part is the finding's component unless a kind of part is named. */
export interface StackChange {
  /** Every part of this kind, in place of the finding's component. */
  readonly kind?: string;
  readonly fields: readonly FieldChange[];
}

/** What helps against a cause. */
export interface Remedy {
  /** Begins with a verb; `{}` stands for the component. */
  readonly do: string;
  readonly why: string;
  readonly retest: string;
  readonly change?: StackChange;
  /** Removes the waiting that the cause brought, so that its gain can be estimated from the run alone. */
  readonly endsWaiting?: boolean;
}
