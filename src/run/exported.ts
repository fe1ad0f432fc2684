import { OUTCOMES } from "../base/index.ts";
import type { Board } from "../load/index.ts";
import type { NumberPoint } from "../observe/index.ts";
import type { Progress } from "./types.ts";

const SECOND = 1000;
const STATES: readonly Progress["generator"]["word"][] = ["well", "strained", "limited"];
const QUANTILES = [
  ["p50", "0.5"],
  ["p95", "0.95"],
  ["p99", "0.99"],
] as const;
const LATENCIES = ["ttft", "itl", "response", "startLag"] as const satisfies readonly (keyof Progress["recent"])[];

/** What a look at a run tells the outside: times in s, counters as running totals, all outcomes from the start. */
export function exportedPoints(progress: Progress, board: Board): readonly NumberPoint[] {
  const { stage, load, recent, outcomes, generator } = progress;
  const unit = { unit: load.unit };
  return [
    { name: "plimsoll.run.elapsed", value: progress.elapsed / SECOND },
    { name: "plimsoll.run.stage", labels: { stage: stage.name, kind: stage.kind }, value: 1 },
    { name: "plimsoll.load.asked", labels: unit, value: load.asked },
    { name: "plimsoll.load.reached", labels: unit, value: load.reached },
    { name: "plimsoll.sessions.open", value: progress.sessions },
    { name: "plimsoll.sessions.started", value: board.total("sessionsStarted") },
    { name: "plimsoll.sessions.ended", value: board.total("sessionsEnded") },
    { name: "plimsoll.requests.in_flight", value: progress.inFlight },
    { name: "plimsoll.requests.started", value: progress.started },
    ...OUTCOMES.map(
      ({ name }): NumberPoint => ({
        name: "plimsoll.requests.ended",
        labels: { outcome: name },
        value: outcomes[name] ?? 0,
      }),
    ),
    ...LATENCIES.flatMap((metric) => latency(metric, recent[metric])),
    ...given("plimsoll.tokens.rate", progress.tokensPerSecond),
    ...given("plimsoll.cost", progress.cost),
    { name: "plimsoll.connections.open", value: board.total("socketsOpen") },
    { name: "plimsoll.received", value: board.total("bytesIn") },
    { name: "plimsoll.sent", value: board.total("bytesOut") },
    ...Array.from({ length: board.workers }, (_, worker) => worker).flatMap((worker) => workerPoints(board, worker)),
    ...STATES.map(
      (state): NumberPoint => ({
        name: "plimsoll.generator.state",
        labels: { state },
        value: Number(state === generator.word),
      }),
    ),
  ];
}

function latency(metric: string, figures: Progress["recent"]["ttft"]): NumberPoint[] {
  const quantiles = QUANTILES.flatMap(([key, quantile]): NumberPoint[] => {
    const value = figures[key];
    return value === undefined
      ? []
      : [{ name: "plimsoll.latency", labels: { metric, quantile }, value: value / SECOND }];
  });
  return [...quantiles, { name: "plimsoll.latency.samples", labels: { metric }, value: figures.n }];
}

function workerPoints(board: Board, worker: number): NumberPoint[] {
  const labels = { worker: String(worker) };
  return [
    { name: "plimsoll.generator.loop.utilisation", labels, value: board.get(worker, "loopUse") },
    { name: "plimsoll.generator.loop.delay", labels, value: board.get(worker, "loopDelayP99") / SECOND },
  ];
}

function given(name: NumberPoint["name"], value: number | undefined): NumberPoint[] {
  return value === undefined ? [] : [{ name, value }];
}
