import type { Outcome } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";

/** What an open attempt waits for, in the run clock's ms; NaN: not yet, or not at all. */
export interface Waiting {
  readonly startedAt: number;
  /** The connection of its own is being opened since then. */
  readonly dialledAt: number;
  /** Last read of the answer. */
  readonly lastReadAt: number;
  /** The first token (of a stream) or byte (of anything else) has not come. */
  readonly first: boolean;
  readonly patience: number;
}

export interface Passed {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** The earliest deadline that has passed, if any has. A deadline of Infinity never does. */
export function passedDeadline(waiting: Waiting, timeouts: Target["timeouts"], now: number): Passed | undefined {
  const { startedAt, dialledAt, lastReadAt } = waiting;
  const firstToken = waiting.first ? startedAt + timeouts.firstToken : Number.POSITIVE_INFINITY;
  const patience = waiting.first ? startedAt + waiting.patience : Number.POSITIVE_INFINITY;
  const connect = Number.isNaN(dialledAt) ? Number.POSITIVE_INFINITY : dialledAt + timeouts.connect;
  const idle = Number.isNaN(lastReadAt) ? Number.POSITIVE_INFINITY : lastReadAt + timeouts.idle;
  const total = startedAt + timeouts.total;
  const earliest = Math.min(firstToken, patience, connect, idle, total);
  if (earliest > now) return undefined;
  if (earliest === patience) return ABANDONED;
  if (earliest === connect) return CONNECT;
  if (earliest === firstToken) return FIRST_TOKEN;
  return earliest === idle ? IDLE : TOTAL;
}

const ABANDONED: Passed = { outcome: "abandoned", reason: "patience" };
const CONNECT: Passed = { outcome: "timeout", reason: "timeout:connect" };
const FIRST_TOKEN: Passed = { outcome: "timeout", reason: "timeout:first-token" };
const IDLE: Passed = { outcome: "stalled", reason: "timeout:idle" };
const TOTAL: Passed = { outcome: "timeout", reason: "timeout:total" };
