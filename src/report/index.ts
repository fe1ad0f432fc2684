export { ANSWER_TIME, type Estimate, estimate, type StageEstimate } from "./check/estimate.ts";
export { fewSamples } from "./check/few-samples.ts";
export { type LengthReached, reachedLengths } from "./check/lengths.ts";
export { type CheckOptions, renderCheck } from "./check/render.ts";
export { replayReports } from "./check/replays.ts";
export { type CheckReport, checkReport } from "./check/report.ts";
export { prefixReuse } from "./check/reuse.ts";
export {
  type CiReport,
  ciOfComparison,
  ciOfRun,
  githubAnnotations,
  gitlabReport,
  junit,
  markdown,
} from "./ci/index.ts";
export { type CompareRenderOptions, renderComparison } from "./compare/render.ts";
export { type FaultOptions, renderFaults } from "./faults.ts";
export { type FindRenderOptions, renderFind } from "./find/render.ts";
export { createFindView, type FindView } from "./find/view.ts";
export { createSimulationView, simulationFacts } from "./live/simulation.ts";
export { createLiveView, type LiveOptions, type LiveView } from "./live/view.ts";
export { writePage } from "./page/write-page.ts";
export { canRedraw, type TerminalFacts, wantsColor } from "./paint.ts";
export { describeQuick, type QuickAsked, type QuickFound } from "./quick.ts";
export { type Reason, topReasons } from "./reasons.ts";
export { type RowsOptions, renderRows } from "./rows.ts";
export { closingLine } from "./sections/headline.ts";
export { renderSummary, type SummaryOptions } from "./summary.ts";
export { renderTables, type TableText } from "./tables.ts";
export { plainBlock, wrap } from "./text.ts";
export { renderTrafficPresets } from "./trace/presets.ts";
export { renderTrace } from "./trace/render.ts";
export { traceReport } from "./trace/report.ts";
export { type FitRenderOptions, renderFit } from "./twin/fit.ts";
export { createFitView } from "./twin/fit-progress.ts";
export { renderPreset, renderPresets } from "./twin/presets.ts";
export { type ProbeRenderOptions, renderProbe } from "./twin/probe.ts";
export { type ListedWeakness, renderWeaknesses } from "./twin/weaknesses.ts";
