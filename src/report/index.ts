export { type Estimate, estimate, type StageEstimate } from "./check/estimate.ts";
export { type CheckOptions, renderCheck } from "./check/render.ts";
export { type CheckReport, checkReport } from "./check/report.ts";
export { type FaultOptions, renderFaults } from "./faults.ts";
export { createLiveView, type LiveOptions, type LiveView } from "./live/view.ts";
export { canRedraw, type TerminalFacts, wantsColor } from "./paint.ts";
export { renderSummary, type SummaryOptions } from "./summary.ts";
export { renderRows, type RowsOptions } from "./rows.ts";
export { plain } from "./text.ts";
