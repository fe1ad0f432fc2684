import type { Clock } from "../../src/base/index.ts";
import type { Target } from "../../src/plan/index.ts";
import { type Client, createClient, type Exchange, newExchange, type TurnRequest } from "../../src/protocols/index.ts";
import { targetFor } from "./target.ts";

/** A clock that stands still until it is set. */
export class SetClock implements Clock {
  at = 0;

  now(): number {
    return this.at;
  }
}

export const realClock: Clock = { now: () => performance.now() };

export function turnOf(prompt = "hi", changes: Partial<TurnRequest> = {}): TurnRequest {
  return {
    sessionId: "s",
    turn: 0,
    attempt: 0,
    persona: "p",
    prompt,
    messages: [{ role: "user", content: prompt }],
    maxTokens: undefined,
    traceId: [0, 1, 0, 2],
    ...changes,
  };
}

export interface ClientSetup {
  readonly clock?: Clock;
  readonly maxSockets?: number;
  readonly secret?: string;
}

export function clientFor(url: string, changes: Partial<Target> = {}, setup: ClientSetup = {}): Client {
  return createClient(targetFor(url, changes), setup.clock ?? realClock, {
    maxSockets: setup.maxSockets ?? 100,
    redact: (text) => (setup.secret === undefined ? text : text.replaceAll(setup.secret, "***")),
  });
}

/** Sends one turn and waits for its end. */
export function ask(client: Client, prompt?: string, exchange: Exchange = newExchange()): Promise<Exchange> {
  return new Promise((resolve) => void client.send(turnOf(prompt), exchange, resolve));
}

/** Lets the event loop turn until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
