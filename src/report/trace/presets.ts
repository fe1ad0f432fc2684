import { formatNumber } from "../../base/index.ts";
import type { TrafficPreset } from "../../traces/index.ts";
import { type Paint, painter } from "../paint.ts";
import { plain, wrap } from "../text.ts";

const WIDEST = 100;

/** The presets of traffic with what they hold and where it is from. */
export function renderTrafficPresets(
  presets: readonly TrafficPreset[],
  options: { readonly width: number; readonly color: boolean },
): string {
  const width = Math.min(WIDEST, options.width);
  const paint = painter(options.color);
  const blocks = presets.map((preset) => block(preset, width, paint).join("\n"));
  return `${blocks.join("\n\n")}\n\nIn a plan: \`workload: { preset: ${presets[0]?.name ?? ""} }\`; what the plan writes beside it goes first.\n`;
}

function block({ name, title, source, rate, statistics }: TrafficPreset, width: number, paint: Paint): string[] {
  const tokens = (lengths: TrafficPreset["statistics"]["input"]): string =>
    [lengths.p50, lengths.p90].map((value) => (value === undefined ? "?" : formatNumber(value))).join(" / ");
  const cv = statistics.cv === undefined ? "" : `, CV ${formatNumber(statistics.cv)}`;
  const facts = `${formatNumber(rate)} a second${cv}; input ${tokens(statistics.input)}, output ${tokens(statistics.output)} tokens (p50 / p90)`;
  return [
    `${paint(name, "bold")}  ${title}`,
    ...wrap(facts, width, "    ", "  "),
    ...wrap(plain(source), width, "    ", "  "),
  ];
}
