import { expectedPeak, type Summary, type Verdict } from "../../analyse/index.ts";
import { answerLimits, figures, goodSql, type RunReader, type SampleMetric, streams } from "../../record/index.ts";
import { topReasons } from "../reasons.ts";
import { atLoads } from "./at-load.ts";
import { figureCells, gapCells, type MetricCells } from "./cells.ts";
import { countTracks } from "./count-tracks.ts";
import { curvesOf } from "./curves.ts";
import { pageEvents } from "./events.ts";
import { baseFormulas } from "./formulas.ts";
import { gridOf, lengthOf } from "./grid.ts";
import { heatOf } from "./heats.ts";
import { latencyTracks } from "./latency-tracks.ts";
import { pageLimits } from "./limits.ts";
import { ownTracks } from "./own-tracks.ts";
import { serverTracks } from "./server-tracks.ts";
import { spentOn } from "./spent.ts";
import { pageTranscripts } from "./transcripts.ts";
import type { PageData } from "./types.ts";

/** Metrics of attempts that the page draws; a run that does not stream has fewer. */
const DRAWN: readonly SampleMetric[] = ["response", "service", "ttft", "tpot", "startLag"];
const ON_HEATS: readonly string[] = ["response", "ttft", "itl"];

/** All that the page shows of a run, from its folder: a few passes of DuckDB over it, and at most 2,000 bins of time. */
export async function pageData(run: RunReader, summary: Summary, verdict: Verdict): Promise<PageData> {
  const { manifest } = run;
  const grid = gridOf(lengthOf(summary));
  const known = figures(streams(manifest.target.protocol));
  const good = goodSql(answerLimits(manifest.slo), known);
  const simulated = manifest.run.simulated !== undefined;
  const metrics: MetricCells[] = [];
  for (const figure of known) {
    if (!DRAWN.includes(figure.name) || (simulated && figure.name === "startLag")) continue;
    const cells = await figureCells(run, figure, grid);
    if (cells.n > 0) metrics.push(cells);
  }
  const gaps = await gapCells(run, grid);
  if (gaps.n > 0) metrics.push(gaps);
  const own = await ownTracks(run, grid);
  const counts = await countTracks(run, grid, good);
  const latency = latencyTracks(metrics, grid);
  const servers = await serverTracks(run, grid);
  const asked = new Map([
    ["sessions/s", own.tracks.find(({ id }) => id === "load.asked")?.values ?? []],
    ["users", own.tracks.find(({ id }) => id === "load.users")?.values ?? []],
  ]);
  const expected = expectedPeak(manifest);
  const { transcripts, kept } = await pageTranscripts(run);
  return {
    schema: "plimsoll/page/1",
    summary,
    verdict,
    ...(expected === undefined ? {} : { expected }),
    limits: pageLimits(manifest),
    ...grid,
    tracks: [...own.tracks, ...counts.tracks, ...latency.tracks, ...servers.tracks],
    tracksLeftOut: servers.leftOut,
    partNames: servers.names,
    heats: metrics.filter(({ metric }) => ON_HEATS.includes(metric)).flatMap((cells) => heatOf(cells, grid) ?? []),
    curves: metrics.flatMap((cells) =>
      curvesOf(
        cells,
        manifest.stages.map(({ name }) => name),
      ),
    ),
    atLoad: await atLoads(run, grid, { good, metrics, asked }),
    spent: await spentOn(run, good),
    reasons: await topReasons(summary),
    events: await pageEvents(run),
    transcripts,
    textsKept: kept,
    formulas: {
      ...baseFormulas(),
      ...Object.fromEntries(own.formulas.map(({ id, title, unit, formula }) => [id, { title, unit, formula }])),
      ...counts.formulas,
      ...latency.formulas,
      ...servers.formulas,
    },
    plan: manifest,
  };
}
