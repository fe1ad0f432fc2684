import { formatMoney, formatNumber } from "../../base/index.ts";
import { formatCount } from "../figures.ts";
import { wrap } from "../text.ts";
import type { Section } from "./section.ts";

const SOURCES = {
  server: "counted by the server",
  tokenizer: "estimated with a tokenizer, because the server sent no usage",
  mixed: "partly estimated with a tokenizer, where the server sent no usage",
} as const;

export const tokens: Section = ({ total, run }, { width, paint }) => {
  const { input, cached, output, reasoning, source } = total.tokens;
  const parts: string[] = [];
  if (input !== undefined) parts.push(`input ${formatCount(input)}${cached ? ` (cached ${formatCount(cached)})` : ""}`);
  if (output !== undefined) {
    parts.push(`output ${formatCount(output)}${reasoning ? ` (reasoning ${formatCount(reasoning)})` : ""}`);
    if (run.duration > 0) parts.push(`${formatNumber((output / run.duration) * 1000)} output tokens/s`);
  }
  const lines: string[] = [];
  if (parts.length > 0) {
    if (source !== undefined) parts.push(SOURCES[source]);
    lines.push(...labelled("Tokens", parts));
  }
  if (total.cost !== undefined) {
    const { perAnswer, perGoodAnswer } = total.cost;
    const money = [`${formatMoney(total.cost.total)} in all`];
    if (perAnswer !== undefined) money.push(`${formatMoney(perAnswer)} an answer`);
    if (perGoodAnswer !== undefined) money.push(`${formatMoney(perGoodAnswer)} an answer that met every limit`);
    lines.push(...labelled("Cost", money));
  }
  return lines;

  function labelled(label: string, list: readonly string[]): string[] {
    const wrapped = wrap(`${label.padEnd(8)}${list.join(" · ")}`, width, " ".repeat(8), "");
    return wrapped.map((line, index) => (index === 0 ? paint(label, "bold") + line.slice(label.length) : line));
  }
};
