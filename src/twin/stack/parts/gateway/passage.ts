import { draw } from "../../spread.ts";
import type { Call, Failure, PartContext, Reply, Served, Timer } from "../../types.ts";
import { derive, nthId } from "../kit/derived-call.ts";
import { failureOf } from "../kit/failures.ts";
import type { Counts } from "../kit/gauges.ts";
import { endOnly, Leg } from "../kit/leg.ts";
import { Relay } from "../kit/relay.ts";
import type { Claim, Slots } from "../kit/slots.ts";
import type { KeyLimits } from "./key-limits.ts";
import { backoff, type RetryBudget } from "./retry-policy.ts";
import type { GatewaySpec } from "./schema.ts";

export const GATEWAY_COUNTS = [
  "requests",
  "tries",
  "retries",
  "retries.denied",
  "failures",
  "unauthorised",
  "limited",
  "shed",
  "rejected",
  "timeouts",
  "overhead",
  "overhead.count",
] as const;

/** What all calls of a gateway share. */
export interface Door {
  readonly name: string;
  readonly spec: GatewaySpec;
  readonly context: PartContext;
  readonly keys: KeyLimits;
  readonly slots: Slots;
  readonly budget: RetryBudget | undefined;
  readonly counts: Counts<(typeof GATEWAY_COUNTS)[number]>;
  /** Calls that have come and not yet ended. */
  inside: number;
  /** Whether a new call would wait too long. */
  sheds(): boolean;
}

/**
 * One call through a gateway: key, own time, sign-on, limits, shedding, a place, and then tries one after another. A place is held from the first
 * try to the end, backoff included.
 */
export class Passage extends Relay<Door> {
  #claim: Claim | undefined;
  /** Of the whole call; of the try or the wait that is under way. */
  #total: Timer | undefined;
  #timers: Timer[] = [];
  #untilFirstToken: Timer | undefined;
  #placed = false;
  #attempt = 0;
  #lastFailure: Failure | undefined;
  #headers: Readonly<Record<string, string>> | undefined;

  constructor(part: Door, call: Call, reply: Reply) {
    super(part, call, reply, part.counts);
  }

  begin(): this {
    const { spec, counts, keys, context } = this.part;
    const call = this.call;
    counts.add("requests");
    this.part.inside++;
    if (!keys.allows(call.key)) {
      counts.add("unauthorised");
      this.#refuse(401, call.key === undefined ? "no API key was sent" : "this API key is not known");
      return this;
    }
    if (spec.timeout?.total !== undefined) {
      const { total } = spec.timeout;
      this.#total = context.kernel.at(this.from + total, () => this.#overdue(`no whole answer within ${total} ms`));
    }
    const time = draw(spec.time, context.random("time", call.id));
    counts.add("overhead", time);
    counts.add("overhead.count");
    if (time > 0) this.#after(time, () => this.#signOn("work"));
    else this.#signOn();
    return this;
  }

  override served(at: number, served: Served): void {
    const headers = this.#headers;
    this.reply.served(at, headers === undefined ? served : { ...served, headers: { ...served.headers, ...headers } });
  }

  override firstToken(at: number): void {
    this.#untilFirstToken?.cancel();
    this.reply.firstToken(at);
  }

  override failed(at: number, failure: Failure): void {
    const { spec, counts, context, budget } = this.part;
    const { retries } = spec;
    this.#clearTimers();
    this.#lastFailure = failure;
    const begun = this.leg?.begun === true;
    if (retries === undefined || begun || this.#attempt >= retries.count || !retries.on.includes(failure.status)) {
      this.fail(at, failure);
      return;
    }
    if (budget?.take(at) === false) {
      counts.add("retries.denied");
      this.fail(at, failure);
      return;
    }
    this.#attempt++;
    counts.add("retries");
    const wait = backoff(retries, this.#attempt, failure, context.random("jitter", this.call.id, this.#attempt));
    this.#after(wait, () => {
      this.#note(at, at + wait, "backoff");
      this.#try();
    });
  }

  protected release(): void {
    this.part.inside--;
    this.#total?.cancel();
    this.#clearTimers();
    this.leg?.cancel();
    this.#claim?.release();
  }

  #signOn(worked?: "work"): void {
    const { spec, context } = this.part;
    if (worked !== undefined) this.#note(this.from, context.kernel.now, worked);
    this.#clearTimers();
    if (spec.auth === undefined) {
      this.#admit();
      return;
    }
    this.leg = new Leg(
      endOnly(
        () => this.#admit(),
        (at, failure) => this.fail(at, failure),
      ),
    );
    this.leg.start(context.part(spec.auth), derive(this.call, { everyToken: false }));
  }

  #admit(): void {
    const { spec, context, counts, keys, slots, name } = this.part;
    const { now } = context.kernel;
    const limits = keys.of(this.call.key, now);
    const limited = limits?.admit(name, this.call, now);
    if (limited !== undefined) {
      counts.add("limited");
      this.fail(now, limited);
      return;
    }
    this.#headers = limits?.headers(now);
    if (this.part.sheds()) {
      counts.add("shed");
      this.#refuse(503, "too many calls wait", { code: "overloaded", retryAfter: (spec.shed?.retryAfter ?? 0) / 1000 });
      return;
    }
    this.#claim = slots.claim(() => this.#granted(now));
    if (!this.#claim.enter()) {
      counts.add("rejected");
      this.#refuse(503, "the queue is full", { code: "queue_full" });
      return;
    }
    if (spec.queueTimeout !== undefined && !this.#placed) {
      this.#after(spec.queueTimeout, () => {
        counts.add("timeouts");
        this.#refuse(503, `no place within ${spec.queueTimeout} ms`, { code: "queue_timeout" });
      });
    }
  }

  #granted(asked: number): void {
    const { kernel } = this.part.context;
    this.#placed = true;
    this.#clearTimers();
    if (kernel.now > asked) this.#note(asked, kernel.now, "queue");
    this.part.budget?.firstTry(kernel.now);
    this.#try();
  }

  #try(): void {
    const { spec, context } = this.part;
    const { timeout } = spec;
    this.#clearTimers();
    this.part.counts.add("tries");
    const leg = new Leg(this);
    this.leg = leg;
    if (timeout?.firstToken !== undefined) {
      const { firstToken } = timeout;
      this.#untilFirstToken = this.#after(firstToken, () =>
        this.#tryOver(leg, `no first token within ${firstToken} ms`),
      );
    }
    if (timeout?.try !== undefined) {
      const { try: most } = timeout;
      this.#after(most, () => this.#tryOver(leg, `no whole answer within ${most} ms`));
    }
    const call = this.#attempt === 0 ? this.call : derive(this.call, { id: nthId(this.call.id, this.#attempt) });
    leg.start(context.part(spec.to), call);
  }

  #tryOver(leg: Leg, message: string): void {
    const { spec, counts, name, context } = this.part;
    counts.add("timeouts");
    if (spec.orphans) leg.abandon();
    else leg.cancel();
    this.failed(context.kernel.now, failureOf(name, 504, message));
  }

  #overdue(message: string): void {
    this.part.counts.add("timeouts");
    if (this.part.spec.orphans) this.leg?.abandon();
    this.#refuse(504, message);
  }

  #refuse(status: number, message: string, more: { code?: string; retryAfter?: number } = {}): void {
    this.fail(this.part.context.kernel.now, failureOf(this.part.name, status, message, more));
  }

  #after(ms: number, run: () => void): Timer {
    const { kernel } = this.part.context;
    const timer = kernel.at(kernel.now + ms, run);
    this.#timers.push(timer);
    return timer;
  }

  #clearTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  #note(from: number, to: number, what: "work" | "queue" | "backoff"): void {
    const cause = what === "backoff" ? this.#lastFailure?.code : undefined;
    this.call.span({
      stage: "route",
      part: this.part.name,
      from,
      to,
      attributes: { what, attempt: this.#attempt, ...(cause === undefined ? {} : { cause }) },
    });
  }
}
