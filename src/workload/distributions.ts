import type { Random } from "../base/index.ts";
import type { Distribution } from "../plan/index.ts";
import { normalCdf, normalQuantile } from "../stats/index.ts";
import { emptyFile, type Files } from "./files.ts";

/** One draw. All but `fixed` use one uniform number and the inverse distribution function, so a changed parameter moves draws, never their order. */
export type Sampler = (random: Random) => number;

type Kind = Distribution["kind"];
type Of<K extends Kind> = { [P in K]: Extract<Distribution, { readonly kind: P }> }[K];

const SAMPLERS: { readonly [K in Kind]: (distribution: Of<K>, files: Files, path: string) => Sampler } = {
  fixed:
    ({ value }) =>
    () =>
      value,
  uniform:
    ({ min, max }) =>
    (random) =>
      min + (max - min) * random.next(),
  exponential:
    ({ mean }) =>
    (random) =>
      -mean * Math.log(1 - random.next()),
  geometric: ({ mean }) => geometric(mean),
  lognormal:
    ({ median, sigma }) =>
    (random) =>
      median * Math.exp(sigma * normalQuantile(open(random))),
  normal: ({ mean, sd, min, max }) => truncatedNormal(mean, sd, min, max),
  empirical: ({ file, column }, files, path) => empirical(files, path, file, column),
};

function build<K extends Kind>(kind: K, distribution: Of<K>, files: Files, path: string): Sampler {
  return SAMPLERS[kind](distribution, files, path);
}

/** `path` is the distribution's place in the plan; faults go to `files`. */
export function samplerOf(distribution: Distribution, files: Files, path: string): Sampler {
  return build(distribution.kind, distribution, files, path);
}

/** The same for what is counted: whole numbers of at least 1, each end of a uniform range as likely as what lies between. */
export function countSamplerOf(distribution: Distribution, files: Files, path: string): Sampler {
  if (distribution.kind === "uniform") {
    const { min, max } = distribution;
    return (random) => Math.max(1, Math.floor(min + (max - min + 1) * random.next()));
  }
  const sample = samplerOf(distribution, files, path);
  return (random) => Math.max(1, Math.round(sample(random)));
}

/** Uniform in (0, 1): the inverse of an unbounded distribution needs both ends left out. */
function open(random: Random): number {
  return random.next() + 2 ** -54;
}

/** Trials up to and with the first success, of mean >= 1: P(X > k) = (1 - 1/mean)^k on {1, 2, ...} (Devroye 1986, chapter X.2). */
function geometric(mean: number): Sampler {
  if (mean <= 1) return () => 1;
  const logFailure = Math.log1p(-1 / mean);
  return (random) => 1 + Math.floor(Math.log(1 - random.next()) / logFailure);
}

/**
 * Normal between min and max, by the inverse restricted to that range (Devroye 1986, chapter II.2.1); computed in the lower tail, where
 * probabilities keep their digits.
 */
function truncatedNormal(mean: number, sd: number, min: number, max: number): Sampler {
  const clamp = (value: number): number => Math.min(max, Math.max(min, value));
  if (sd === 0) return () => clamp(mean);
  const flip = min > mean ? -1 : 1;
  const a = normalCdf((flip * ((flip > 0 ? min : max) - mean)) / sd);
  const b = normalCdf((flip * ((flip > 0 ? max : min) - mean)) / sd);
  // Further out than a double can tell, all of it is at the nearer bound.
  if (!(b > a)) return () => clamp(mean);
  return (random) => {
    const u = flip > 0 ? random.next() : 1 - random.next();
    return clamp(mean + flip * sd * normalQuantile(a + (b - a) * u));
  };
}

/** More faults than this in one file are counted, not listed. */
const LISTED = 10;

function empirical(files: Files, path: string, file: string, column: string): Sampler {
  const none: Sampler = () => Number.NaN;
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
  return (random) => values[Math.floor(random.next() * used)] ?? Number.NaN;
}
