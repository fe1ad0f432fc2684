import type { TraceFormat } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "TIMESTAMP", input: "ContextTokens", output: "GeneratedTokens" };

/** Azure LLM inference traces of 2023 and 2024: dates with seven fractional digits, or six, or none, with a zone or without. */
export const azureLlm: TraceFormat = {
  name: "azure-llm",
  title: "Azure LLM inference trace (2023, 2024)",
  turns: "cumulative",
  linked: false,
  dated: true,
  recognises: (head) =>
    head.kind === "csv" && hasColumns(head, Object.values(NAMES)) && !hasColumns(head, ["NumImages"]),
  reader: (head) => columnReader(head, NAMES, undefined),
};

/** The trace of 2025 with a count of images. */
export const azureLmm: TraceFormat = {
  ...azureLlm,
  name: "azure-lmm",
  title: "Azure LMM inference trace (2025, with images)",
  recognises: (head) => head.kind === "csv" && hasColumns(head, [...Object.values(NAMES), "NumImages"]),
  reader: (head) => columnReader(head, { ...NAMES, images: "NumImages" }, undefined),
};
