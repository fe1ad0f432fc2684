/** Buckets on a log scale, 2 % wide: a value read back from one is within 1 % of those that fell in. */
const RATIO = Math.log(1.02);
/** ms; what is shorter falls into the first bucket. */
const SHORTEST = 0.01;

/** SQL for the bucket of a value in ms. */
export function bucketSql(value: string): string {
  return `floor(ln(greatest(${value}, ${SHORTEST}) / ${SHORTEST}) / ${RATIO})::INTEGER`;
}

/** ms at which a bucket begins. */
export function bucketStart(bucket: number): number {
  return SHORTEST * Math.exp(bucket * RATIO);
}

export function bucketMiddle(bucket: number): number {
  return SHORTEST * Math.exp((bucket + 0.5) * RATIO);
}
