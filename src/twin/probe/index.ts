export { findingsOf, type ProbeFindings } from "./findings.ts";
export { type ProbeRequest, type ProbeResult, probeEngine } from "./probe.ts";
