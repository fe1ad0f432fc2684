import type { RunReader } from "../../record/index.ts";
import type { Summary } from "../summary-schema.ts";
import { binsOf } from "./bins.ts";
import { readClient } from "./client.ts";
import { readLoad } from "./load.ts";
import { plannedLoad } from "./planned.ts";
import { readServers } from "./servers.ts";
import type { Facts } from "./types.ts";

/** All that rules look at, from an open run folder and its summary. `facts.query` works as long as the folder is open. */
export async function readFacts(run: RunReader, summary: Summary): Promise<Facts> {
  const { manifest } = run;
  // A run that was stopped never reached the stages without a duration.
  const reached = summary.stages.filter(({ duration }) => duration > 0);
  const endAt = Math.max(0, ...reached.map(({ from, duration }) => from + duration));
  const bins = binsOf(Math.max(endAt, summary.run.duration));
  const { stages, asked } = plannedLoad(manifest, bins, endAt);
  return {
    manifest,
    summary,
    width: bins.width,
    bins: bins.count,
    stages,
    load: await readLoad(run, bins, asked),
    client: await readClient(run, bins),
    servers: await readServers(run, bins),
    query: async (sql) => (await run.query(sql)).rows,
  };
}
