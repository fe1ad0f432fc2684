import { randomStream } from "../base/index.ts";
import type { DrawOrder } from "../plan/index.ts";
import { permutation } from "./permutation.ts";

/** Where in a run something is drawn from a list: all that an order may depend on, so that no worker need know of another. */
export interface Position {
  /** 0, 1, 2, ... over all sessions of the run. */
  readonly ordinal: number;
  /** Which draw of its session. */
  readonly nth: number;
  /** Uniform in [0, 1), of this draw alone. */
  uniform(): number;
}

/** The number of the item to draw. NaN: a list in which each is drawn once is used up. */
export type Order = (at: Position) => number;

type OrderOf = (size: number, seed: number, name: string) => Order;

const ORDERS: { readonly [O in DrawOrder]: OrderOf } = {
  random: (size) => (at) => Math.floor(at.uniform() * size),
  // A session that draws again takes what comes next, as the session after it does.
  sequential: (size) => (at) => (at.ordinal + at.nth) % size,
  shuffled: (size, seed, name) => {
    // Each pass over the list, and each further draw of sessions, has an order of its own.
    let known: { readonly pass: number; readonly nth: number; readonly of: (index: number) => number } | undefined;
    return ({ ordinal, nth }) => {
      const pass = Math.floor(ordinal / size);
      if (known?.pass !== pass || known.nth !== nth)
        known = { pass, nth, of: permutation(size, randomStream(seed, "shuffle", name, pass, nth)) };
      return known.of(ordinal % size);
    };
  },
  unique: (size) => (at) => (at.nth === 0 && at.ordinal < size ? at.ordinal : Number.NaN),
};

/** `name` keeps the orders of two lists apart. */
export function orderOf(order: DrawOrder, size: number, seed: number, name: string): Order {
  return ORDERS[order](size, seed, name);
}
