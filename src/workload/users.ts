import { MOST_RETURNS, MOST_TABS } from "../plan/index.ts";

/**
 * A user's further sessions are numbered a stride apart from its first, which open and closed sessions never reach; 2,048 of them fit below 2^53,
 * where a double stops counting exactly.
 */
const STRIDE = 2 ** 42;

/** What a session is to its user: which tab, and which time that it came. */
interface Place {
  /** Number of the user's first session. */
  readonly user: number;
  /** 0: the first. */
  readonly tab: number;
  readonly visit: number;
}

export function placeOf(session: number): Place {
  const further = Math.floor(session / STRIDE);
  return { user: session % STRIDE, tab: further % MOST_TABS, visit: Math.floor(further / MOST_TABS) };
}

export function sessionAt({ user, tab, visit }: Place): number {
  return user + (visit * MOST_TABS + tab) * STRIDE;
}

/** Number of the user's first session. */
export function userOf(session: number): number {
  return session % STRIDE;
}

/** Further sessions of its user before this one, in number: tells apart what they draw from a list. */
export function furtherOf(session: number): number {
  return Math.floor(session / STRIDE);
}

/** Number of another tab's session beside a user's first. */
export function tabOf(session: number, tab: number): number {
  return sessionAt({ ...placeOf(session), tab });
}

/** Number of the session that its user begins when it comes back; undefined where it has come as often as one can be counted. */
export function nextVisit(session: number): number | undefined {
  const place = placeOf(session);
  return place.visit < MOST_RETURNS ? sessionAt({ ...place, visit: place.visit + 1 }) : undefined;
}
