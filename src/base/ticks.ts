import type { Clock } from "./clock.ts";
import { nodeTimers, type TimerHost } from "./timers.ts";

/**
 * Calls back on a fixed grid of the clock with the lateness of each call. A grid point that passed unseen is skipped, its lateness
 * being part of the next call's.
 */
export function startTicks(
  clock: Clock,
  period: number,
  tick: (now: number, late: number) => void,
  timers: TimerHost = nodeTimers,
): () => void {
  let due = clock.now() + period;
  let timer: unknown;
  const arm = (): void => {
    timer = timers.setTimer(fire, Math.max(0, Math.ceil(due - clock.now())));
  };
  const fire = (): void => {
    const now = clock.now();
    const late = Math.max(0, now - due);
    due += period * (Math.floor(late / period) + 1);
    tick(now, late);
    arm();
  };
  arm();
  return () => timers.clearTimer(timer);
}
