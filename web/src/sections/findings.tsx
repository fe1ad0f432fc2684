import type { PageData } from "../../../src/report/page/types.ts";
import { capitalised, clockText, counted, loadText } from "../lib/format.ts";
import { Finding } from "./finding.tsx";
import { Section } from "./section.tsx";

/** What gives way, with its evidence and what to do; then all else that was found, and what could not be looked at. */
export function Findings({ data }: { readonly data: PageData }) {
  const { findings, bottleneck, lacks, line } = data.verdict;
  const unit = line?.unit ?? (data.expected?.unit === "users" ? "users" : "sessions/s");
  const first = findings.find(({ id }) => id === bottleneck?.first);
  const ordered = first === undefined ? findings : [first, ...findings.filter(({ id }) => id !== first.id)];
  const weighty = ordered.filter(
    ({ severity, id }) => severity === "high" || severity === "medium" || id === first?.id,
  );
  const rest = ordered.filter((finding) => !weighty.includes(finding));
  const runners = bottleneck?.runnersUp ?? [];
  return (
    <Section id="findings" title="What gives way, and why" says={says(data, first)}>
      {weighty.map((finding) => (
        <Finding finding={finding} unit={unit} names={data.partNames} key={finding.id} />
      ))}
      {runners.length === 0 ? null : (
        <>
          <h3>What else it could have been</h3>
          <ul class="evidence named">
            {runners.map(({ kind, component, words }) => (
              <li key={`${kind} ${component}`}>
                <span class="speaks">{data.partNames[component] ?? component}</span>
                <span>{words}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {rest.length === 0 ? null : (
        <details class="more">
          <summary>{counted(rest.length, "lesser finding")}</summary>
          {rest.map((finding) => (
            <Finding finding={finding} unit={unit} names={data.partNames} key={finding.id} />
          ))}
        </details>
      )}
      {lacks.length === 0 ? null : (
        <details class="more">
          <summary>What could not be looked at: {counted(lacks.length, "rule")} without what they need</summary>
          <ul class="evidence named">
            {lacks.map(({ rule, needs, hint }) => (
              <li key={`${rule} ${needs}`}>
                <span class="speaks">{rule}</span>
                <span>
                  needs {needs}
                  <small>{hint}</small>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

type FindingData = PageData["verdict"]["findings"][number];

function says({ verdict, summary }: PageData, first: FindingData | undefined): string {
  const { findings, bottleneck } = verdict;
  if (summary.total.attempts === 0) return "Nothing was loaded, so there is nothing to find.";
  if (first !== undefined) {
    const unit = verdict.line?.unit ?? "sessions/s";
    const load = first.loadAtOnset === undefined ? "" : `, at ${loadText(first.loadAtOnset, unit)}`;
    const others = findings.length > 1 ? ` ${counted(findings.length - 1, "other finding")} below.` : "";
    return `The first to give way did so ${clockText(first.from)} after the start${load}; the evidence for it and against it, and what to do.${others}`;
  }
  if (bottleneck?.cannotTell !== undefined)
    return `${capitalised(bottleneck.cannotTell)}${findings.length === 0 ? "" : ` ${counted(findings.length, "finding")} below.`}`;
  if (findings.length === 0) return "No rule found anything wrong at the loads that were tried.";
  return `${counted(findings.length, "finding")}; none of them says which part gives way first.`;
}
