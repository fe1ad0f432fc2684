/** The part of the timer interface that pacing needs; Node's own fits. */
export interface TimerHost {
  setTimer(run: () => void, ms: number): unknown;
  /** After the sockets had their turn. */
  soon(run: () => void): void;
  clearTimer(timer: unknown): void;
}

export const nodeTimers: TimerHost = {
  setTimer: (run, ms) => setTimeout(run, ms),
  soon: (run) => {
    setImmediate(run);
  },
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
