/** ms by which a stub's write may seem later than the read that brought it: the two first stamps need not be equally late. */
const SLACK = 1;

/**
 * Times of every event of a stream as a client that records one gap a socket read knows them: events that shared a read have its
 * time. `gaps` are the client's, in order, ms; `sent` the stub's write times. The result counts from the first event. When reads
 * are fewer than events, an event belongs to the earliest read that is not before its write, and every read has at least one.
 */
export function eventTimes(gaps: readonly number[], sent: readonly number[]): number[] {
  const times: number[] = [];
  const reads = gaps.length + 1;
  const first = sent[0] ?? 0;
  let read = 0;
  let at = 0;
  for (const [event, time] of sent.entries()) {
    const readsLeft = reads - 1 - read;
    const mustMove = sent.length - event <= readsLeft;
    if (event > 0 && readsLeft > 0 && (mustMove || time - first > at + SLACK)) at += gaps[read++] ?? 0;
    times.push(at);
  }
  return times;
}
