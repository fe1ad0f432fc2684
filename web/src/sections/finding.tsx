import type { PageData } from "../../../src/report/page/types.ts";
import { figure, formatCount, formatNumber, formatShare, loadText, span } from "../lib/format.ts";

type FindingData = PageData["verdict"]["findings"][number];
type EvidenceData = FindingData["evidence"][number];
type AdviceData = FindingData["advice"][number];

/** One finding: what happened, since when, at which load, how sure, and what to do. */
export function Finding({ finding, unit }: { readonly finding: FindingData; readonly unit: "sessions/s" | "users" }) {
  const { id, title, severity, component, from, to, loadAtOnset, confidence, evidence, advice } = finding;
  return (
    <article class="finding" id={id}>
      <header>
        <h3>{title}</h3>
        <span class={`severity ${severity}`}>{severity}</span>
      </header>
      <p class="facts">
        {[
          component,
          span(from, to),
          ...(loadAtOnset === undefined ? [] : [`from ${loadText(loadAtOnset, unit)}`]),
          `confidence ${formatShare(confidence)}`,
        ].join(" · ")}
      </p>
      <ul class="evidence">
        {evidence.map((one, i) => (
          <li key={i}>
            <span class="speaks">{one.speaks}</span>
            <span>
              {one.words}
              <small>{evidenceFigures(one)}</small>
            </span>
          </li>
        ))}
      </ul>
      {advice.length === 0 ? null : (
        <ul class="advice" aria-label="What to do">
          {advice.map((one) => (
            <li key={one.do}>
              {one.do}
              <small>
                {one.why} {gainWords(one)}To see whether it helped: {one.retest}
              </small>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function evidenceFigures({ measure, unit, before, after, test, p, effect, samples }: EvidenceData): string {
  const change =
    before === undefined && after === undefined
      ? []
      : [
          [before, after]
            .filter((value) => value !== undefined)
            .map((value) => figure(value, unit))
            .join(" to "),
        ];
  return [
    measure,
    ...change,
    ...(test === undefined ? [] : [test]),
    ...(p === undefined ? [] : [p < 0.001 ? "p < 0.001" : `p = ${formatNumber(p)}`]),
    ...(effect === undefined ? [] : [`effect ${formatNumber(effect)}`]),
    ...(samples === undefined ? [] : [`n = ${formatCount(samples)}`]),
  ].join(" · ");
}

function gainWords({ gain }: AdviceData): string {
  if (gain === undefined) return "";
  return `${gain.measure}: ${formatNumber(gain.before)} to ${formatNumber(gain.after)} (${gain.by}). `;
}
