import type { PageData } from "../../../src/report/page/types.ts";
import { capitalised, figure, formatCount, formatNumber, formatShare, loadText, span } from "../lib/format.ts";

type FindingData = PageData["verdict"]["findings"][number];
type EvidenceData = FindingData["evidence"][number];
type AdviceData = FindingData["advice"][number];

/** One finding: what happened, since when, at which load, how sure, and what to do. */
export function Finding({
  finding,
  unit,
  names,
}: {
  readonly finding: FindingData;
  readonly unit: "sessions/s" | "users";
  /** Of components that bear an address alone. */
  readonly names: Readonly<Record<string, string>>;
}) {
  const { id, title, severity, component, from, to, loadAtOnset, confidence, evidence, advice } = finding;
  return (
    <article class="finding" id={id}>
      <header>
        <h3>{title}</h3>
        <span class={`severity ${severity}`}>{severity}</span>
      </header>
      <p class="facts">
        {[
          names[component] ?? component,
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

/** `ttft.p95, ms`: the unit is what comes last. */
const MEASURE = /^(.*), (.*)$/;
const UNITS: Readonly<Record<string, string>> = { share: "0 to 1" };

function gainWords({ gain }: AdviceData): string {
  if (gain === undefined) return "";
  const [, name = gain.measure, unit = ""] = MEASURE.exec(gain.measure) ?? [];
  const value = (one: number): string => figure(one, UNITS[unit] ?? unit);
  return `${capitalised(gain.by)}: ${name} ${value(gain.before)} to ${value(gain.after)}. `;
}
