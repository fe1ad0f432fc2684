import { formatDuration, type TimerHost, type Warning } from "../../base/index.ts";
import type { OnWarning, Snapshot } from "./types.ts";

/** What came of sending: taken; refused, so that trying again helps nobody; or out of reach, to be tried again. */
export type Sent = { readonly state: "taken" } | { readonly state: "refused" | "later"; readonly why: string };

export interface SenderParts {
  /** Where to, without secrets, as a warning says it. */
  readonly where: string;
  /** Sends one snapshot; `ended`: the last, after which the series are over. Never rejects. */
  send(snapshot: Snapshot, ended: boolean, signal: AbortSignal): Promise<Sent>;
  readonly onWarning: OnWarning;
  readonly timers: TimerHost;
}

/** Snapshots that wait at most; beyond, the oldest is let go. */
export const MOST_WAITING = 60;
/** ms before a place out of reach is tried again. */
const PAUSE = 1000;
/** ms for what still waits when the run has ended. */
const LAST = 3000;

/** Sends snapshots to one place in their order, one at a time. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #abort = new AbortController();
  readonly #waiting: { readonly snapshot: Snapshot; readonly ended: boolean }[] = [];
  #isSending = false;
  #hasWarned = false;
  #isClosing = false;
  #lost = 0;
  /** The last try did not reach the place. */
  #isOut = false;
  #onEmpty: () => void = () => {};
  /** Ends the pause before the next try. */
  #wake: () => void = () => {};
  #newest: Snapshot | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  add(snapshot: Snapshot): void {
    if (this.#isClosing) return;
    this.#newest = snapshot;
    this.#push(snapshot, false);
  }

  /** Sends what waits and that the series are over, for {@link LAST} at most. */
  async close(at: number): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#newest !== undefined) this.#push({ ...this.#newest, at: Math.max(at, this.#newest.at + 1) }, true);
    if (this.#isSending) {
      await new Promise<void>((resolve) => {
        const limit = this.#parts.timers.setTimer(resolve, LAST);
        this.#onEmpty = () => {
          this.#parts.timers.clearTimer(limit);
          resolve();
        };
        this.#wake();
      });
    }
    this.#abort.abort();
    this.#wake();
    this.#lost += this.#waiting.filter(({ ended }) => !ended).length;
    if (this.#lost > 0) this.#parts.onWarning(lostWarning(this.#parts.where, this.#lost));
  }

  #push(snapshot: Snapshot, ended: boolean): void {
    this.#waiting.push({ snapshot, ended });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost++;
    }
    if (!this.#isSending) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isSending = true;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || this.#abort.signal.aborted) break;
      const sent = await this.#parts.send(next.snapshot, next.ended, this.#abort.signal);
      if (this.#abort.signal.aborted) break;
      if (sent.state !== "taken" && !this.#hasWarned) {
        this.#hasWarned = true;
        this.#parts.onWarning(failedWarning(this.#parts.where, sent.why));
      }
      if (sent.state === "later") {
        // One more try at the end; a place that was out of reach before it is not waited for.
        if (this.#isClosing && this.#isOut) break;
        this.#isOut = true;
        await this.#pause();
        continue;
      }
      this.#isOut = false;
      if (sent.state === "refused") this.#lost++;
      // The queue may have let go of it meanwhile.
      if (this.#waiting[0] === next) this.#waiting.shift();
    }
    this.#isSending = false;
    this.#onEmpty();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const { timers } = this.#parts;
      const timer = timers.setTimer(resolve, PAUSE);
      this.#wake = () => {
        timers.clearTimer(timer);
        resolve();
      };
    });
  }
}

function failedWarning(where: string, why: string): Warning {
  return {
    code: "EXPORT_FAILED",
    message: `${where} does not take the run's figures: ${why}. The run goes on, and up to ${formatDuration(MOST_WAITING * PAUSE)} of them wait.`,
    hint: "Check the URL and the headers of `export` in the plan.",
  };
}

function lostWarning(where: string, lost: number): Warning {
  return {
    code: "EXPORT_LOST",
    message: `${lost} second${lost === 1 ? "" : "s"} of the run's figures did not reach ${where}; the run folder has all of them.`,
  };
}
