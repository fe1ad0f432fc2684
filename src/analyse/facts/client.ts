import type { Outcome } from "../../base/index.ts";
import { figureSql, figures, type RunReader, type SampleMetric, streams } from "../../record/index.ts";
import { type Bins, binSql, columnOf } from "./bins.ts";
import { fill } from "./load.ts";
import type { ClientColumns } from "./types.ts";

type Name = keyof ClientColumns;
type Latency = Exclude<Name, "itlP50" | "itlP99">;

const ofOutcome = (outcome: Outcome): string => `count(*) FILTER (outcome = '${outcome}')`;
/** An attempt that was still waiting counts with its wait so far. */
const quantile = (metric: SampleMetric, p: number) => ({
  metric,
  sql: (value: string) => `quantile_disc(${value}, ${p})`,
});
const mean = (metric: SampleMetric) => ({ metric, sql: (value: string) => `avg(${value})` });

/** Each column as SQL over the attempts that were due in a bin; a simulated run has no start lag to measure. */
const COLUMNS: Readonly<
  Record<Latency, string | { readonly metric: SampleMetric; readonly sql: (value: string) => string }>
> = {
  attempts: "count(*)",
  ttftP50: quantile("ttft", 0.5),
  ttftP95: quantile("ttft", 0.95),
  ttftMean: mean("ttft"),
  responseP50: quantile("response", 0.5),
  responseP95: quantile("response", 0.95),
  tpotP50: quantile("tpot", 0.5),
  tpotP95: quantile("tpot", 0.95),
  connectP95: quantile("connect", 0.95),
  inputTokens: "avg(inputTokens)",
  outputTokens: "avg(outputTokens)",
  retries: "count(*) FILTER (attempt > 0)",
  rateLimited: "count(*) FILTER (status = 429)",
  refused: ofOutcome("refused"),
  timeouts: ofOutcome("timeout"),
  severed: ofOutcome("severed"),
  capped: ofOutcome("capped"),
  startLagP99: quantile("startLag", 0.99),
};

/** Counts of a bin without attempts are 0; everything else is not there. */
const COUNTED: ReadonlySet<Name> = new Set([
  "attempts",
  "retries",
  "rateLimited",
  "refused",
  "timeouts",
  "severed",
  "capped",
]);

const isName = (name: string): name is Latency => Object.hasOwn(COLUMNS, name);

export async function readClient(run: RunReader, bins: Bins): Promise<ClientColumns> {
  const simulated = run.manifest.run.simulated !== undefined;
  const values = new Map<SampleMetric, string>(
    figures(streams(run.manifest.target.protocol)).map((figure) => [figure.name, figureSql(figure).value]),
  );
  const names = Object.keys(COLUMNS)
    .filter(isName)
    .filter((name) => !(simulated && name === "startLagP99"));
  const expressions = names.map((name) => {
    const entry = COLUMNS[name];
    return typeof entry === "string" ? entry : entry.sql(values.get(entry.metric) ?? "NULL");
  });
  const { rows } = await run.query(`
    SELECT ${binSql(bins, "scheduledAt")} AS bin, ${expressions.join(", ")}
    FROM samples WHERE scheduledAt IS NOT NULL GROUP BY bin`);
  const column = (name: Name) => columnOf(bins, COUNTED.has(name) ? 0 : Number.NaN);
  const columns = {
    attempts: column("attempts"),
    ttftP50: column("ttftP50"),
    ttftP95: column("ttftP95"),
    ttftMean: column("ttftMean"),
    responseP50: column("responseP50"),
    responseP95: column("responseP95"),
    tpotP50: column("tpotP50"),
    tpotP95: column("tpotP95"),
    connectP95: column("connectP95"),
    itlP50: column("itlP50"),
    itlP99: column("itlP99"),
    inputTokens: column("inputTokens"),
    outputTokens: column("outputTokens"),
    retries: column("retries"),
    rateLimited: column("rateLimited"),
    refused: column("refused"),
    timeouts: column("timeouts"),
    severed: column("severed"),
    capped: column("capped"),
    startLagP99: column("startLagP99"),
  } satisfies ClientColumns;
  fill(
    rows,
    names.map((name) => columns[name]),
  );
  fill(await gapRows(run, bins), [columns.itlP50, columns.itlP99]);
  return columns;
}

/** Of each bin's gap histogram, the middles of the buckets that hold its median and its 99th percentile. */
async function gapRows(run: RunReader, bins: Bins) {
  const at = (p: number): string => `min(middle) FILTER (upTo >= ${p} * total)`;
  const { rows } = await run.query(`
    WITH cells AS (
      SELECT ${binSql(bins, "second * 1000")} AS bin, (bucketLow + bucketHigh) / 2 AS middle, sum(count) AS n
      FROM gaps GROUP BY ALL
    ), ranked AS (
      SELECT bin, middle, sum(n) OVER (PARTITION BY bin ORDER BY middle) AS upTo, sum(n) OVER (PARTITION BY bin) AS total
      FROM cells
    )
    SELECT bin, ${at(0.5)}, ${at(0.99)} FROM ranked GROUP BY bin`);
  return rows;
}
