import type { Random } from "../base/index.ts";
import type { Distribution } from "../plan/index.ts";
import { gammaCdf, gammaQuantile, normalCdf, normalQuantile } from "../stats/index.ts";
import { emptyFile, type Files } from "./files.ts";
import { type Continuous, type Law, mixture, piecewise, sampled, truncated } from "./law.ts";

/** One draw from one uniform number, by the inverse distribution function. */
export type Sampler = (random: Random) => number;

type Kind = Distribution["kind"];
type Of<K extends Kind> = { [P in K]: Extract<Distribution, { readonly kind: P }> }[K];

const LAWS: { readonly [K in Kind]: (distribution: Of<K>, files: Files, path: string) => Law } = {
  fixed: ({ value }) => ({ at: () => value, quantile: () => value, mean: () => value }),
  uniform: ({ min, max }) => {
    const at = (u: number): number => min + (max - min) * u;
    return { at, quantile: at, mean: () => (min + max) / 2 };
  },
  exponential: ({ mean, min, max }) => {
    const inverse = (p: number): number => -mean * Math.log1p(-p);
    if (min !== undefined || max !== undefined)
      return truncated({ inverse, cdf: (x) => -Math.expm1(-Math.max(0, x) / mean), mean }, min, max);
    return { at: (u) => -mean * Math.log(1 - u), quantile: inverse, mean: () => mean };
  },
  geometric: ({ mean }) => geometric(mean),
  lognormal: ({ median, sigma, min, max }) =>
    truncated(
      {
        inverse: (p) => median * Math.exp(sigma * normalQuantile(p)),
        cdf: (x) => (x <= 0 ? 0 : normalCdf(Math.log(x / median) / sigma)),
        mean: median * Math.exp((sigma * sigma) / 2),
      },
      min,
      max,
    ),
  normal: ({ mean, sd, min, max }) => truncatedNormal(mean, sd, min, max),
  gamma: ({ mean, cv, min, max }) => {
    const shape = 1 / (cv * cv);
    const scale = mean / shape;
    return truncated(
      { inverse: (p) => scale * gammaQuantile(shape, p), cdf: (x) => gammaCdf(shape, x / scale), mean },
      min,
      max,
    );
  },
  pareto: ({ min, alpha, max }) => {
    const whole: Continuous = {
      inverse: (p) => min * (1 - p) ** (-1 / alpha),
      cdf: (x) => (x <= min ? 0 : 1 - (min / x) ** alpha),
      mean: alpha > 1 ? (alpha * min) / (alpha - 1) : Number.POSITIVE_INFINITY,
    };
    return truncated(whole, undefined, max);
  },
  mixture: ({ parts }, files, path) =>
    mixture(parts.map(({ weight, of }, i) => ({ weight, law: lawOf(of, files, `${path}.mixture[${i}].of`) }))),
  quantiles: ({ points }) => piecewise(points),
  empirical: ({ file, column }, files, path) => empirical(files, path, file, column),
};

function build<K extends Kind>(kind: K, distribution: Of<K>, files: Files, path: string): Law {
  return LAWS[kind](distribution, files, path);
}

/** `path` is the distribution's place in the plan; faults go to `files`. */
export function lawOf(distribution: Distribution, files: Files, path: string): Law {
  return build(distribution.kind, distribution, files, path);
}

export function samplerOf(distribution: Distribution, files: Files, path: string): Sampler {
  const law = lawOf(distribution, files, path);
  return (random) => law.at(random.next());
}

/** The same for what is counted: whole numbers of at least 1, each end of a uniform range as likely as what lies between. */
export function countLawOf(distribution: Distribution, files: Files, path: string): Law {
  if (distribution.kind === "uniform") {
    const { min, max } = distribution;
    const at = (u: number): number => Math.max(1, Math.floor(min + (max - min + 1) * u));
    return { at, quantile: at, mean: () => (min + max) / 2 };
  }
  const law = lawOf(distribution, files, path);
  const whole = (value: number): number => Math.max(1, Math.round(value));
  return { at: (u) => whole(law.at(u)), quantile: (p) => whole(law.quantile(p)), mean: () => Math.max(1, law.mean()) };
}

export function countSamplerOf(distribution: Distribution, files: Files, path: string): Sampler {
  const law = countLawOf(distribution, files, path);
  return (random) => law.at(random.next());
}

/** Trials up to and with the first success, of mean >= 1: P(X > k) = (1 - 1/mean)^k on {1, 2, ...} (Devroye 1986, chapter X.2). */
function geometric(mean: number): Law {
  if (mean <= 1) return { at: () => 1, quantile: () => 1, mean: () => 1 };
  const logFailure = Math.log1p(-1 / mean);
  const at = (u: number): number => 1 + Math.floor(Math.log(1 - u) / logFailure);
  return { at, quantile: at, mean: () => mean };
}

/** Normal between min and max; computed in the lower tail, where probabilities keep their digits. */
function truncatedNormal(mean: number, sd: number, min: number, max: number): Law {
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  const point: Law = { at: () => clamp(mean), quantile: () => clamp(mean), mean: () => clamp(mean) };
  if (sd === 0) return point;
  const flip = min > mean ? -1 : 1;
  const a = normalCdf((flip * ((flip > 0 ? min : max) - mean)) / sd);
  const b = normalCdf((flip * ((flip > 0 ? max : min) - mean)) / sd);
  // Further out than a double can tell, all of it is at the nearer bound.
  if (!(b > a)) return point;
  const quantile = (p: number): number =>
    clamp(mean + flip * sd * normalQuantile(a + (b - a) * (flip > 0 ? p : 1 - p)));
  const density = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  const [low, high] = [(min - mean) / sd, (max - mean) / sd];
  return {
    at: quantile,
    quantile,
    // Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions" I (1994), chapter 13.10.1.
    mean: () => clamp(mean + (sd * (density(low) - density(high))) / (b - a)),
  };
}

/** More faults than this in one file are counted, not listed. */
const LISTED = 10;

function empirical(files: Files, path: string, file: string, column: string): Law {
  const none = sampled(new Float64Array(0));
  const table = files.csv(file, path);
  if (table === undefined) return none;
  const index = table.header.indexOf(column);
  if (index < 0) {
    files.faults.push({
      code: "WORKLOAD_COLUMN_MISSING",
      message: `${file} has no column ${column}`,
      path: `${path}.column`,
      file,
      line: 1,
      received: column,
      hint: `Name one of its columns: ${table.header.slice(0, 20).join(", ")}.`,
    });
    return none;
  }
  const values = new Float64Array(table.rows.length);
  let used = 0;
  let bad = 0;
  for (const row of table.rows) {
    const cell = (row.cells[index] ?? "").trim();
    const value = cell === "" ? Number.NaN : Number(cell);
    if (Number.isFinite(value)) {
      values[used++] = value;
    } else if (bad++ < LISTED) {
      files.faults.push({
        code: "WORKLOAD_NOT_A_NUMBER",
        message: `${file}, line ${row.line}: column ${column} holds no number`,
        path,
        file,
        line: row.line,
        received: cell,
        hint: "Remove the row, or write a plain decimal number.",
      });
    }
  }
  if (used === 0 && bad === 0) files.faults.push(emptyFile(file, path, "Add rows with numbers."));
  return sampled(values.subarray(0, used));
}
