/**
 * A monotonic clock in milliseconds with sub-microsecond resolution. Every thread of a run reads the same
 * timeline: zero is the run's epoch, a reading of the machine's monotonic clock.
 */
export interface Clock {
  now(): number;
}

/** The machine's monotonic clock in ms, one timeline for every thread and process of this boot. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * A clock whose zero is `epochMs` of {@link monotonicMs}. It reads `performance.now()`, which costs a third of
 * `hrtime.bigint()` and allocates nothing, and whose origin differs by thread; the offset between the two is constant,
 * and is found as the tightest of several bracketed readings.
 */
export function clockSince(epochMs: number): Clock {
  let width = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let i = 0; i < 50; i++) {
    const before = performance.now();
    const machine = monotonicMs();
    const after = performance.now();
    if (after - before < width) {
      width = after - before;
      offset = machine - (before + after) / 2;
    }
  }
  const shift = offset - epochMs;
  return { now: () => performance.now() + shift };
}
