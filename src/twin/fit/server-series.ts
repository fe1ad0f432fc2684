import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseCsv } from "../../workload/index.ts";

/** What a table of engine state beside a requests table says of the KV cache: `timeseries.csv` as LLMServingSim's bench writes it. */
export async function readKvPeak(requestsFile: string): Promise<number | undefined> {
  const folder = dirname(requestsFile);
  const names = await readdir(folder);
  if (!names.includes("timeseries.csv")) return undefined;
  return kvPeakOf(await readFile(join(folder, "timeseries.csv"), "utf8"));
}

/** Highest share of KV blocks in use, 0 to 1; undefined where no column gives it. */
export function kvPeakOf(text: string): number | undefined {
  const [head, ...rows] = parseCsv(text).rows;
  const percent =
    head?.cells.findIndex((name) => /^(kv_cache_pct|kv_cache_percent|gpu_cache_usage_pct)$/.test(name.trim())) ?? -1;
  const share =
    head?.cells.findIndex((name) => /^(kv_cache_usage|kv_cache_usage_perc|gpu_cache_usage_perc)$/.test(name.trim())) ??
    -1;
  const column = percent >= 0 ? percent : share;
  if (column < 0) return undefined;
  const values = rows.map(({ cells }) => Number(cells[column])).filter(Number.isFinite);
  const peak = Math.max(0, ...values);
  // A gauge that never moved was never written.
  if (peak === 0) return undefined;
  return peak / (percent >= 0 ? 100 : 1);
}
