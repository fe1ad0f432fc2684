/** Number of the first call that a stack takes. Draws go by a call's number, so whoever drives a stack, live or simulated, numbers its calls alike. */
export const FIRST_CALL = 1;

/** The numbers of calls that come one after another. */
export function callNumbers(): () => number {
  let next = FIRST_CALL;
  return () => next++;
}
