/** Where each burst begins, and one entry more: starts that are at most `gap` ms apart belong to one. */
export function burstsOf(at: ArrayLike<number>, gap: number): number[] {
  const begins = [0];
  for (let i = 1; i < at.length; i++) if ((at[i] ?? 0) - (at[i - 1] ?? 0) > gap) begins.push(i);
  begins.push(at.length);
  return begins;
}

/** A gap at which every start is a burst of its own, those at one time too. */
export const ALONE = -1;

/** Mean size of the burst that a start belongs to: the mean of squares over the mean of sizes. */
function sizeBiasedMean(at: ArrayLike<number>, gap: number): number {
  let [squares, size] = [0, 1];
  for (let i = 1; i < at.length; i++) {
    if ((at[i] ?? 0) - (at[i - 1] ?? 0) > gap) {
      squares += size * size;
      size = 0;
    }
    size++;
  }
  return (squares + size * size) / at.length;
}

const HALVINGS = 40;

/**
 * The gap (ms) at which the size-biased mean burst has this size, or the largest gap below it; ALONE where single starts are as large already.
 *
 * Why that size: where bursts of sizes S are kept or dropped whole, each with the chance p, a window's index of dispersion becomes
 * p I + (1 - p) E[S²] / E[S] (variance by conditioning on what is kept). It stays I exactly where E[S²] / E[S] = I.
 */
export function gapForSize(at: ArrayLike<number>, size: number): number {
  if (at.length < 2 || size <= 1 || sizeBiasedMean(at, 0) > size) return ALONE;
  let low = 0;
  let high = 0;
  for (let i = 1; i < at.length; i++) high = Math.max(high, (at[i] ?? 0) - (at[i - 1] ?? 0));
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (sizeBiasedMean(at, middle) > size) high = middle;
    else low = middle;
  }
  return low;
}
