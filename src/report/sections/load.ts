import type { Group } from "../../analyse/index.ts";
import { formatNumber, OUTCOMES } from "../../base/index.ts";
import { formatCount, formatShare, latency, NONE } from "../figures.ts";
import { type Cell, table } from "../table.ts";
import { plain } from "../text.ts";
import { heading, type Section } from "./section.ts";

/** Attempts that count as errors, of those that ended. */
export function errorsOf(group: Group): { readonly errors: number; readonly ended: number } {
  let errors = 0;
  let ended = 0;
  for (const { name, error } of OUTCOMES) {
    const count = group.outcomes[name] ?? 0;
    ended += count;
    if (error) errors += count;
  }
  return { errors, ended };
}

function row(label: Cell, group: Group): Cell[] {
  const { errors, ended } = errorsOf(group);
  const { asked, started, completed, goodput } = group.rates;
  return [
    label,
    { text: asked === undefined ? NONE : formatNumber(asked) },
    { text: formatNumber(started) },
    { text: formatNumber(completed) },
    { text: formatNumber(goodput) },
    { text: formatCount(group.attempts) },
    { text: ended === 0 ? NONE : formatShare(errors / ended), ...(errors > 0 ? { styles: ["red"] as const } : {}) },
    { text: latency(group.metrics.ttft, "p95") },
    { text: latency(group.metrics.response, "p95") },
  ];
}

export const load: Section = (summary, context) => {
  const { stages, personas, total } = summary;
  if (total.attempts === 0) return ["No request was sent."];
  const rows = [row({ text: "whole run", styles: ["bold"] }, total)];
  if (stages.length > 1)
    rows.push(
      [{ text: "by stage", styles: ["dim"] }],
      ...stages.map((stage) => row({ text: `  ${stageLabel(stage)}` }, stage)),
    );
  if (personas.length > 1) {
    rows.push(
      [{ text: "by persona", styles: ["dim"] }],
      ...personas.map((persona) => row({ text: `  ${plain(persona.name)}` }, persona)),
    );
  }
  return [
    heading("Load", "sessions a second asked and started; answers a second, and those that met every limit", context),
    ...table(
      [
        { title: "", align: "left", shrinkTo: 12 },
        { title: "asked/s", align: "right" },
        { title: "started/s", align: "right" },
        { title: "answers/s", align: "right", drop: 1 },
        { title: "good/s", align: "right" },
        { title: "requests", align: "right" },
        { title: "errors", align: "right" },
        { title: "ttft p95", align: "right", drop: 2 },
        { title: "resp p95", align: "right", drop: 3 },
      ],
      rows,
      { width: context.width, paint: context.paint },
    ),
  ];
};

/** A stage named after its kind needs no second word. */
function stageLabel(stage: { readonly name: string; readonly kind: string }): string {
  const name = plain(stage.name);
  return name === stage.kind || name.startsWith(stage.kind) ? name : `${name} (${stage.kind})`;
}
