import type { PageData } from "../../../src/report/page/types.ts";
import { counted, formatCount, formatNumber, loadText } from "../lib/format.ts";
import { measuredText } from "../lib/measured.ts";
import { limitName, limitOf } from "../lib/names.ts";
import { hue, ink } from "../lib/palette.ts";
import { triedBelow } from "../verdict/known-load.ts";
import { Section } from "./section.tsx";

type Line = NonNullable<PageData["verdict"]["line"]>;

/** Every threshold: what was measured over the whole run, and the highest load at which it held. */
export function Limits({ data }: { readonly data: PageData }) {
  const { thresholds } = data.summary;
  const { line } = data.verdict;
  const held = thresholds.filter((threshold) => threshold.held).length;
  return (
    <Section
      id="limits"
      title="Limits"
      says={
        thresholds.length === 0
          ? "The plan sets no limits. Add `slo:` to it, and this section says which of them hold and up to which load."
          : `Over the whole run ${held} of ${counted(thresholds.length, "limit")} held${safeWords(data)}`
      }
    >
      {thresholds.length === 0 ? null : (
        <div class="scroll">
          <table class="limits">
            <caption class="hidden">Limits of the plan</caption>
            <thead>
              <tr>
                <th scope="col">limit</th>
                <th scope="col">over the whole run</th>
                <th scope="col" class="num">
                  measured
                </th>
                <th scope="col" class="num">
                  n
                </th>
                <th scope="col">holds up to (95 % interval)</th>
              </tr>
            </thead>
            <tbody>
              {thresholds.map((threshold, i) => {
                const { expression, held: ok, observed, samples, why } = threshold;
                return (
                  <tr key={expression}>
                    <th scope="row">
                      <span class="swatch" style={{ backgroundColor: ink(hue(colorOf(line, expression, i))) }} />
                      {limitName(data, limitOf(data, expression), expression)}
                      <br />
                      <code class="soft">{expression}</code>
                    </th>
                    <td>
                      <span class={`state ${ok ? "held" : observed === undefined ? "unsure" : "crossed"}`}>
                        {ok ? "✓ held" : observed === undefined ? "? no data" : "✕ crossed"}
                      </span>
                      {why === undefined ? null : <div class="soft">{why}</div>}
                    </td>
                    <td class="num">{measuredText(data, threshold)}</td>
                    <td class="num">{formatCount(samples)}</td>
                    <td>{holdsText(line, expression)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <LineWords line={line} />
    </Section>
  );
}

/** The load at which the first limit gives way, and whether all others are known to hold there. */
function safeWords(data: PageData): string {
  const { line } = data.verdict;
  if (line?.safe === undefined) return ".";
  const first = limitName(data, limitOf(data, line.safe.limit), line.safe.limit);
  const below = triedBelow(line, data);
  const others = below === undefined ? "" : `; other limits were tried up to ${loadText(below, line.unit)} only`;
  return `; the first to give way is ${first}, which holds up to ${loadText(line.safe.value, line.unit)}${others}.`;
}

function colorOf(line: Line | undefined, expression: string, otherwise: number): number {
  const at = line?.limits.findIndex((limit) => limit.expression === expression) ?? -1;
  return at < 0 ? otherwise : at;
}

function holdsText(line: Line | undefined, expression: string): string {
  const limit = line?.limits.find((one) => one.expression === expression);
  if (line === undefined || limit === undefined) return "–";
  const { holdsUpTo, above, below, why } = limit;
  if (holdsUpTo !== undefined)
    return `${loadText(holdsUpTo.value, line.unit)} (${formatNumber(holdsUpTo.low)} to ${formatNumber(holdsUpTo.high)})`;
  if (above !== undefined) return `above ${loadText(above, line.unit)}, the most that was tried`;
  if (below !== undefined) return `below ${loadText(below, line.unit)}, the least that was tried`;
  return why ?? "–";
}

/** What the load line says beyond its limits. */
function LineWords({ line }: { readonly line: Line | undefined }) {
  if (line === undefined) return null;
  const { knee, scalability, saturated, unit } = line;
  const sentences = [
    ...(knee === undefined
      ? []
      : [
          `The median response time leaves its first slope at ${loadText(knee.value, unit)} (${formatNumber(knee.low)} to ${formatNumber(knee.high)}).`,
        ]),
    ...(scalability === undefined ? [] : [`Universal Scalability Law: ${scalability.meaning}`]),
    ...(saturated === undefined
      ? []
      : [
          `At ${loadText(saturated.load, unit)} requests in flight grew by ${formatNumber(saturated.slope.value)} a second without end: latencies there depend on how long it lasted.`,
        ]),
  ];
  return (
    <ul class="says" style={{ marginTop: "12px" }}>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
