export { type Clock, clockSince, monotonicMs } from "./clock.ts";
export { DeadlineQueue } from "./deadline-queue.ts";
export { EXIT, type ExitCode, type Fault, PlimsollError, type Warning } from "./errors.ts";
export {
  METRIC_NAMES,
  METRICS,
  type MetricEntry,
  type MetricName,
  PERCENTILES,
  type PercentileName,
} from "./metrics.ts";
export { OUTCOME_NAMES, OUTCOMES, type Outcome, type OutcomeEntry } from "./outcomes.ts";
export { avoidIdleCompaction, deferHelperThreads, yieldToOthers } from "./priority.ts";
export {
  completeUrl,
  isStreamed,
  PROTOCOL_TABLE,
  PROTOCOLS,
  type ProtocolName,
  protocolOfPath,
} from "./protocols.ts";
export { type Random, randomStream } from "./random.ts";
export { type Redactor, redactor } from "./redact.ts";
export { type ConceptFold, type ConceptName, SERVER_CONCEPTS, type ServerConcept } from "./server-concepts.ts";
export { isMapping, isObject } from "./shape.ts";
export { startThread } from "./threads.ts";
export { startTicks } from "./ticks.ts";
export { pushTimed, shiftTimed, type Timed } from "./timed-heap.ts";
export { nodeTimers, type TimerHost } from "./timers.ts";
export {
  formatBytes,
  formatDuration,
  formatMoney,
  formatMs,
  formatNumber,
  type Load,
  type LoadUnit,
  parseBytes,
  parseDuration,
  parseLoad,
  parseMoney,
} from "./units.ts";
