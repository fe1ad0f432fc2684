/** Why a run ended; the detail of the `end` event. */
export interface End {
  readonly cause: "finished" | "enough" | "interrupted" | "killed" | "budget" | "guard" | "threshold" | "internal";
  readonly message: string | undefined;
}

export const FINISHED: End = { cause: "finished", message: undefined };
export const STOPPED: End = {
  cause: "interrupted",
  message: "Stopped by hand; open answers were given time to end.",
};
export const KILLED: End = { cause: "killed", message: "Stopped by hand, twice: open answers were cut off." };

/** Of what kind the event is that an end leaves. */
export const EVENT_OF = {
  finished: "end",
  enough: "guard",
  interrupted: "interrupt",
  killed: "interrupt",
  budget: "budget",
  guard: "guard",
  threshold: "guard",
  internal: "warning",
} as const;
