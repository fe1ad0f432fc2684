import type { Head, TraceFormat } from "../types.ts";
import { azureLlm, azureLmm } from "./azure-llm.ts";
import { burstGpt } from "./burstgpt.ts";
import { mooncake } from "./mooncake.ts";
import { qwenBailian } from "./qwen-bailian.ts";
import { splitwise } from "./splitwise.ts";
import { vidur } from "./vidur.ts";

/** Every format of files with one request a line, in the order in which they are tried. */
export const FORMATS: readonly TraceFormat[] = [azureLlm, azureLmm, burstGpt, mooncake, qwenBailian, splitwise, vidur];

/** Formats that a plan may name; ServeGen's are folders, which formats/servegen.ts reads. */
export const FORMAT_NAMES: readonly string[] = [...FORMATS.map(({ name }) => name), "servegen"];

export function formatOf(head: Head): TraceFormat | undefined {
  return FORMATS.find((format) => format.recognises(head));
}

export function formatNamed(name: string): TraceFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}
