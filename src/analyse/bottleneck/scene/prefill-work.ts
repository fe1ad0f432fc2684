import { nonNegativeLeastSquares } from "../../../stats/index.ts";
import type { Column } from "../../facts/types.ts";
import { folded, joinedBins, meanOver, type Window } from "./columns.ts";
import type { Servers } from "./servers.ts";
import type { Windows } from "./windows.ts";

export interface PrefillWork {
  /** Of the engine's computing time, what goes into reading prompts; NaN where it cannot be told. */
  readonly share: number;
  /** Of the time, what the engine computes, 0 to 1. */
  readonly busy: number;
}

const NOTHING: PrefillWork = { share: Number.NaN, busy: Number.NaN };
/** Bins that a fit of three coefficients needs. */
const ENOUGH = 12;

/**
 * Computing time a second = c0 · steps + p · prompt tokens + d · output tokens (the step time of serving-model.md, section 1), its coefficients
 * by non-negative least squares over the run's bins; the share of the middle term is what prompts cost. Without the engine's busy time the steps of a fully
 * used engine cannot be told from those of an idle one, and tokens are weighed alike.
 */
export function prefillWork(servers: Servers, part: string, windows: Windows, window: Window): PrefillWork {
  const busy = wholeBusy(servers, part);
  const steps = servers.of("server.steps", part);
  const output = servers.of("server.output.tokens", part);
  const prompt = computed(servers, part);
  if (output === undefined || prompt === undefined) return NOTHING;
  const means = { busy: meanOver(busy, window), prompt: meanOver(prompt, window), output: meanOver(output, window) };
  const replicas = Math.max(1, servers.replicas("server.running", part).length);
  const most = meanOver(servers.of("server.busy", part), window) || means.busy / replicas;
  if (busy === undefined || steps === undefined) return { share: Number.NaN, busy: most };
  const bins = joinedBins(windows.blocks).filter((bin) =>
    [busy, steps, output, prompt].every((column) => Number.isFinite(column[bin])),
  );
  if (bins.length < ENOUGH) return { share: Number.NaN, busy: most };
  const rows = bins.map((bin) => [steps[bin] ?? 0, prompt[bin] ?? 0, output[bin] ?? 0]);
  const { x } = nonNegativeLeastSquares(
    rows,
    bins.map((bin) => busy[bin] ?? 0),
  );
  return { share: Math.min(1, ((x[1] ?? 0) * means.prompt) / means.busy), busy: most };
}

/** Of all replicas together, as the counters beside it are; the concept itself is the busiest one's. */
function wholeBusy(servers: Servers, part: string): Column | undefined {
  const replicas = servers.replicas("server.busy", part).map((one) => one.values);
  return replicas.length > 0
    ? folded(replicas, "sum")
    : (servers.of("server.busy", part) ?? fromRunning(servers, part));
}

/** An engine that does not tell its busy time computes while anything runs: of Poisson many running requests, 1 - exp(-mean) of the time. */
function fromRunning(servers: Servers, part: string): Column | undefined {
  const running = servers.replicas("server.running", part).map((one) => one.values);
  const own = servers.of("server.running", part);
  const all = running.length > 0 ? running : own === undefined ? [] : [own];
  return folded(
    all.map((column) => column.map((mean) => 1 - Math.exp(-mean))),
    "sum",
  );
}

/** Prompt tokens that were computed: those that the cache held cost nothing, those of preempted requests cost again. */
function computed(servers: Servers, part: string): Column | undefined {
  const all = servers.of("server.prompt.tokens", part);
  const cached = servers.of("server.prompt.cached", part);
  const again = servers.of("server.prompt.recomputed", part);
  return all?.map((value, bin) => Math.max(0, value - (cached?.[bin] || 0)) + (again?.[bin] || 0));
}
