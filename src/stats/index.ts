export { BUCKETS, bucketOf, Histogram, type Sparse, toSparse, valueOf } from "./histogram.ts";
