import type { Board, BoardField, Calibration } from "../load/index.ts";
import type { SeriesPoint } from "../record/index.ts";
import type { Workload } from "../workload/index.ts";

interface Total {
  readonly name: string;
  readonly field: BoardField;
}

/** Series of the load, one point a second; counters are running totals. */
const LOAD: readonly Total[] = [
  { name: "sessions.due", field: "sessionsDue" },
  { name: "sessions.started", field: "openSessionsStarted" },
  { name: "sessions.ended", field: "sessionsEnded" },
  { name: "sessions.open", field: "sessionsOpen" },
  { name: "sessions.queued", field: "sessionsQueued" },
  { name: "attempts.started", field: "attemptsStarted" },
  { name: "attempts.ended", field: "attemptsEnded" },
  { name: "attempts.inFlight", field: "inFlight" },
  { name: "attempts.waitingForSocket", field: "requestsWaiting" },
  { name: "events.content", field: "contentEvents" },
  { name: "events.shared", field: "sharedEvents" },
];

/** Of the wire, which a simulated run does not have. */
const WIRE: readonly Total[] = [
  { name: "sockets.open", field: "socketsOpen" },
  { name: "sockets.reconnects", field: "reconnects" },
  { name: "bytes.in", field: "bytesIn" },
  { name: "bytes.out", field: "bytesOut" },
];

/** Series of each worker, with the label `worker`. */
const PER_WORKER: readonly Total[] = [
  { name: "generator.loop.utilisation", field: "loopUse" },
  { name: "generator.loop.delay.p50", field: "loopDelayP50" },
  { name: "generator.loop.delay.p99", field: "loopDelayP99" },
  { name: "generator.loop.delay.max", field: "loopDelayMax" },
  { name: "generator.heap", field: "heapBytes" },
  { name: "generator.recordBacklog", field: "recordBacklog" },
];

/** Of a plan with hooks. */
const HOOKS: readonly Total[] = [
  { name: "generator.hooks.calls", field: "hookCalls" },
  { name: "generator.hooks.time", field: "hookTime" },
  { name: "generator.hooks.slowest", field: "hookSlowest" },
];

/** What the target tells of its rate limit, where it tells. */
const LIMITS = [
  { name: "target.limit.requests", field: "limitRequests" },
  { name: "target.limit.tokens", field: "limitTokens" },
] as const;

/** What the conductor writes down once a second: the load, the generator's own figures, and the CPU (cores) of the whole process. */
export function boardSeries(
  board: Board,
  workload: Workload,
  asked: number,
  cpu: number,
  at: number,
): readonly SeriesPoint[] {
  const points = loadSeries(board, workload, asked, at);
  for (const { name, field } of WIRE) points.push({ at, name, labels: "", value: board.total(field) });
  for (const { name, field } of LIMITS) {
    const value = board.least(field);
    if (value !== undefined) points.push({ at, name, labels: "", value });
  }
  for (let worker = 0; worker < board.workers; worker++) {
    for (const { name, field } of board.get(worker, "hookCalls") > 0 ? [...PER_WORKER, ...HOOKS] : PER_WORKER) {
      points.push({ at, name, labels: `{worker="${worker}"}`, value: board.get(worker, field) });
    }
  }
  points.push({ at, name: "generator.cpu", labels: "", value: cpu });
  return points;
}

/** What the plan asks for at this time, the open sessions it has asked for so far, and what of them came about. */
export function loadSeries(board: Board, workload: Workload, asked: number, at: number): SeriesPoint[] {
  const points: SeriesPoint[] = LOAD.map(({ name, field }) => ({ at, name, labels: "", value: board.total(field) }));
  points.push({ at, name: "load.rate", labels: "", value: workload.rateAt(at) });
  points.push({ at, name: "load.users", labels: "", value: workload.usersAt(at) });
  points.push({ at, name: "sessions.asked", labels: "", value: asked });
  return points;
}

/** What a worker's calibration found, written once at the run's start. */
export function noiseSeries(calibration: Calibration | undefined, worker: number): readonly SeriesPoint[] {
  if (calibration === undefined) return [];
  const labels = `{worker="${worker}"}`;
  return [
    { at: 0, name: "generator.noise.p50", labels, value: calibration.p50 },
    { at: 0, name: "generator.noise.p99", labels, value: calibration.p99 },
  ];
}
