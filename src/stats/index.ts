export { gammaSample, logGamma, standardNormal } from "./gamma.ts";
export { BUCKETS, bucketOf, Histogram, type Sparse, toSparse, valueOf } from "./histogram.ts";
export { kolmogorovP, ksExponential } from "./kolmogorov.ts";
export { coefficientOfVariation, indexOfDispersion, mean, median, variance } from "./moments.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export { carries, nearestRank, quantileBounds } from "./quantiles.ts";
export { weibullCv, weibullShapeForCv, weibullUnitScale } from "./weibull.ts";
export { wilson } from "./wilson.ts";
