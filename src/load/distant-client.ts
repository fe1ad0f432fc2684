import type { Clock } from "../base/index.ts";
import type { Plan, Target } from "../plan/index.ts";
import { type Client, type Exchange, type Handle, LEFT, type TurnRequest } from "../protocols/index.ts";
import type { Pacer } from "./pacer.ts";

export interface DistantParts {
  /** Asks the target. */
  readonly client: Client;
  /** Those that ask elsewhere, by URL. */
  readonly others?: ReadonlyMap<string, Client>;
  readonly clock: Clock;
  /** Nobody else's: closing clears it. */
  readonly pacer: Pacer;
  readonly timeouts: Target["timeouts"];
}

/**
 * The client of users who are far away: a request waits the whole round trip of its user, and then goes out. Every stamp of the answer is then the
 * clock's own, and as much later as the user would see it; only `startedAt` is when the user sent it. Patience and timeouts run from then on, too.
 */
export class DistantClient implements Client {
  readonly #parts: DistantParts;
  readonly #clients: readonly Client[];
  readonly #held = new Set<Held>();

  constructor(parts: DistantParts) {
    this.#parts = parts;
    this.#clients = [...new Set([parts.client, ...(parts.others?.values() ?? [])])];
  }

  send(turn: TurnRequest, exchange: Exchange, done: (exchange: Exchange) => void): Handle {
    const { client: near, others, clock, pacer, timeouts } = this.#parts;
    const client = (turn.url === undefined ? undefined : others?.get(turn.url)) ?? near;
    const { rtt = 0 } = turn;
    if (rtt <= 0) return client.send(turn, exchange, done);
    const held = new Held(exchange, clock, done, () => this.#held.delete(held));
    this.#held.add(held);
    pacer.at(exchange.startedAt + rtt, () => {
      if (!this.#held.delete(held)) return;
      exchange.patience = Math.max(0, exchange.patience - rtt);
      exchange.timeouts = shortened(exchange.timeouts ?? timeouts, rtt);
      held.send(client, turn);
    });
    return held;
  }

  endSession(sessionId: string): void {
    for (const client of this.#clients) client.endSession(sessionId);
  }

  sweep(now: number): void {
    for (const client of this.#clients) client.sweep(now);
  }

  get inFlight(): number {
    return this.#held.size + this.#sum((client) => client.inFlight);
  }

  get openSockets(): number {
    return this.#sum((client) => client.openSockets);
  }

  get waiting(): number {
    return this.#sum((client) => client.waiting);
  }

  close(): void {
    this.#parts.pacer.clear();
    for (const held of [...this.#held]) held.cancel("cancelled");
    for (const client of this.#clients) client.close();
  }

  #sum(of: (client: Client) => number): number {
    return this.#clients.reduce((sum, client) => sum + of(client), 0);
  }
}

/** Around the clients of a plan's target, where its regions are far away or ask elsewhere. */
export function regionalClient(
  { target, workload: { regions = [] } }: Plan,
  clock: Clock,
  pacer: () => Pacer,
  connect: (target: Target) => Client,
): Client {
  const client = connect(target);
  if (regions.every(({ rtt, url }) => rtt === undefined && url === undefined)) return client;
  const urls = new Set(regions.flatMap(({ url }) => url ?? []));
  const others = new Map([...urls].map((url) => [url, connect({ ...target, url })]));
  return new DistantClient({ client, others, clock, pacer: pacer(), timeouts: target.timeouts });
}

/** A request on its way. */
class Held implements Handle {
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #done: (exchange: Exchange) => void;
  readonly #dropped: () => void;
  readonly #startedAt: number;
  #handle: Handle | undefined;
  #over = false;

  constructor(exchange: Exchange, clock: Clock, done: (exchange: Exchange) => void, dropped: () => void) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#done = done;
    this.#dropped = dropped;
    this.#startedAt = clock.now();
    exchange.startedAt = this.#startedAt;
  }

  send(client: Client, turn: TurnRequest): void {
    this.#handle = client.send(turn, this.#exchange, (ended) => {
      ended.startedAt = this.#startedAt;
      this.#done(ended);
    });
  }

  cancel(outcome: "cancelled" | "abandoned"): void {
    if (this.#handle !== undefined) this.#handle.cancel(outcome);
    else if (!this.#over) {
      this.#over = true;
      this.#dropped();
      this.#exchange.outcome = outcome;
      this.#exchange.reason = LEFT[outcome].reason;
      this.#exchange.endAt = this.#clock.now();
      this.#done(this.#exchange);
    }
  }
}

/** What is left of the timeouts that run from the user's sending on. */
function shortened(timeouts: Target["timeouts"], rtt: number): Target["timeouts"] {
  return {
    ...timeouts,
    firstToken: Math.max(1, timeouts.firstToken - rtt),
    total: Math.max(1, timeouts.total - rtt),
  };
}
