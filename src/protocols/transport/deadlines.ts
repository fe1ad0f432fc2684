import type { Outcome } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";
import { LEFT } from "../outcome.ts";

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
  /** First and last token of a streamed answer. */
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
  /** ms that the user waits for more of an answer that has begun. */
  readonly stallPatience: number;
  /** ms after the first token at which the user stops the answer. */
  readonly stopAfter: number;
}

export interface Passed {
  readonly outcome: Outcome;
  readonly reason: string;
}

type Timeouts = Target["timeouts"];

const NEVER = Number.POSITIVE_INFINITY;
const patience = ({ first, startedAt, patience }: Waiting): number => (first ? startedAt + patience : NEVER);
const stall = ({ lastTokenAt, stallPatience }: Waiting): number =>
  Number.isNaN(lastTokenAt) ? NEVER : lastTokenAt + stallPatience;
const stop = ({ firstTokenAt, stopAfter }: Waiting): number =>
  Number.isNaN(firstTokenAt) ? NEVER : firstTokenAt + stopAfter;
const connect = ({ dialledAt }: Waiting, timeouts: Timeouts): number =>
  Number.isNaN(dialledAt) ? NEVER : dialledAt + timeouts.connect;
const firstToken = ({ first, startedAt }: Waiting, timeouts: Timeouts): number =>
  first ? startedAt + timeouts.firstToken : NEVER;
const idle = ({ lastReadAt }: Waiting, timeouts: Timeouts): number =>
  Number.isNaN(lastReadAt) ? NEVER : lastReadAt + timeouts.idle;

/** When the first deadline passes, by what is known so far; Infinity: never. */
export function nextDeadline(waiting: Waiting, timeouts: Timeouts): number {
  return Math.min(
    patience(waiting),
    stall(waiting),
    stop(waiting),
    connect(waiting, timeouts),
    firstToken(waiting, timeouts),
    idle(waiting, timeouts),
    waiting.startedAt + timeouts.total,
  );
}

/** The earliest deadline that has passed, if any has. A deadline of Infinity never does. */
export function passedDeadline(waiting: Waiting, timeouts: Timeouts, now: number): Passed | undefined {
  const earliest = nextDeadline(waiting, timeouts);
  if (earliest > now) return undefined;
  if (earliest === patience(waiting)) return LEFT.abandoned;
  if (earliest === stall(waiting)) return LEFT.stalled;
  if (earliest === stop(waiting)) return LEFT.stopped;
  if (earliest === connect(waiting, timeouts)) return CONNECT;
  if (earliest === firstToken(waiting, timeouts)) return FIRST_TOKEN;
  return earliest === idle(waiting, timeouts) ? IDLE : TOTAL;
}

const CONNECT: Passed = { outcome: "timeout", reason: "timeout:connect" };
const FIRST_TOKEN: Passed = { outcome: "timeout", reason: "timeout:first-token" };
const IDLE: Passed = { outcome: "stalled", reason: "timeout:idle" };
const TOTAL: Passed = { outcome: "timeout", reason: "timeout:total" };
