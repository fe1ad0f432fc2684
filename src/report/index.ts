export { type FaultOptions, renderFaults } from "./faults.ts";
export { renderSummary, type SummaryOptions } from "./summary.ts";
