import type { Attempt } from "./attempt.ts";
import type { Opening, OpeningStep } from "./dialects/dialect.ts";
import { newExchange } from "./exchange.ts";
import type { Exchange, Handle } from "./types.ts";

/** What a client does for a session that is being opened. */
export interface OpeningHost {
  /** Sends a step of the session's opening, with the header lines so far. */
  step(step: OpeningStep, lines: string, exchange: Exchange, done: (exchange: Exchange) => void): Attempt;
  /** The session is open: its requests carry these header lines from here on. The turn itself follows. */
  opened(lines: string): Handle;
  /** The opening failed, and the turn's exchange says why. */
  failed(): void;
}

/** A turn that has to open its session first. Its exchange begins with the first step, so the user's wait for it counts. */
export class OpeningTurn implements Handle {
  private readonly opening: Opening;
  private readonly host: OpeningHost;
  private readonly exchange: Exchange;
  private current: Handle | undefined;
  private lines = "";

  constructor(opening: Opening, host: OpeningHost, exchange: Exchange) {
    this.opening = opening;
    this.host = host;
    this.exchange = exchange;
    this.next(0);
  }

  cancel(outcome: "cancelled" | "abandoned"): void {
    this.current?.cancel(outcome);
  }

  private next(index: number): void {
    const step = this.opening.steps[index];
    if (step === undefined) {
      this.current = this.host.opened(this.lines);
      return;
    }
    const { exchange } = this;
    const scratch = newExchange();
    scratch.patience = exchange.patience;
    const attempt = this.host.step(step, this.lines, scratch, () => {
      exchange.bytesIn += scratch.bytesIn;
      exchange.bytesOut += scratch.bytesOut;
      exchange.reconnects += scratch.reconnects;
      const served = scratch.status >= 200 && scratch.status <= 299;
      if (!served || !GOOD.has(scratch.outcome)) {
        this.fail(step, scratch);
        return;
      }
      if (index === 0) this.lines = linesOf(this.opening.headers({ text: scratch.text, session: attempt.session }));
      this.next(index + 1);
    });
    this.current = attempt;
  }

  private fail(step: OpeningStep, scratch: Exchange): void {
    const { exchange } = this;
    exchange.outcome = scratch.outcome;
    exchange.status = scratch.status;
    exchange.retryAfter = scratch.retryAfter;
    exchange.endAt = scratch.endAt;
    exchange.reason = scratch.reason === undefined ? step.name : `${step.name}: ${scratch.reason}`;
    this.host.failed();
  }
}

const GOOD: ReadonlySet<Exchange["outcome"]> = new Set(["complete", "empty"]);

/** What a server gave for a header's value goes back to it only where it is one: visible ASCII. */
function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .filter(([, value]) => /^[\x21-\x7e]{1,1024}$/.test(value))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}
