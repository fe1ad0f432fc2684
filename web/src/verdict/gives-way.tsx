import type { PageData } from "../../../src/report/page/types.ts";
import { counted, figure, formatCount, loadText } from "../lib/format.ts";
import { limitName, limitOf } from "../lib/names.ts";

interface Entry {
  readonly key: string;
  readonly text: string;
  readonly more?: string;
  readonly href?: string;
}

const MOST = 3;

/** What gives way first and what would be next; with nothing found, what was crossed. */
export function GivesWay({ data }: { readonly data: PageData }) {
  const entries = entriesOf(data);
  const { bottleneck } = data.verdict;
  return (
    <>
      <h2>What gives way first</h2>
      {entries.length === 0 ? <p class="soft">{nothing(data)}</p> : null}
      {entries.length === 0 || bottleneck?.cannotTell === undefined ? null : (
        <p class="soft">Which part is at fault cannot be told: {bottleneck.cannotTell}</p>
      )}
      <ol class="why">
        {entries.map(({ key, text, more, href }, i) => (
          <li key={key}>
            <i aria-hidden="true">{i + 1}</i>
            <span>
              {href === undefined ? text : <a href={href}>{text}</a>}
              {more === undefined ? null : <em>{more}</em>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function entriesOf(data: PageData): readonly Entry[] {
  const { bottleneck, findings } = data.verdict;
  const first = findings.find(({ id }) => id === bottleneck?.first);
  const others = findings.filter(
    ({ id, severity }) => id !== first?.id && (severity === "high" || severity === "medium"),
  );
  const told: Entry[] = [first, ...others]
    .filter((finding) => finding !== undefined)
    .map(({ id, title, evidence }) => ({
      key: id,
      text: title,
      href: `#${id}`,
      ...(evidence[0] === undefined
        ? {}
        : { more: firstWords(evidence.filter(({ speaks }) => speaks === "for").map(({ words }) => words)) }),
    }));
  const runners: Entry[] = (bottleneck?.runnersUp ?? []).map(({ kind, component, words }) => ({
    key: `${kind} ${component}`,
    text: words,
  }));
  const entries = first === undefined ? told : [...told.slice(0, 1), ...runners.slice(0, 1), ...told.slice(1)];
  return entries.length > 0 ? entries.slice(0, MOST) : crossed(data);
}

const LONGEST = 150;

function firstWords(sentences: readonly string[]): string {
  const [first = "", second = ""] = sentences;
  return second !== "" && second !== first && first.length + second.length < LONGEST ? `${first} ${second}` : first;
}

function crossed(data: PageData): readonly Entry[] {
  if (data.summary.total.attempts === 0) return [];
  return data.summary.thresholds
    .filter(({ held, observed }) => !held && observed !== undefined)
    .slice(0, MOST)
    .map(({ expression, observed, unit, samples, why }) => ({
      key: expression,
      text: `${limitName(data, limitOf(data, expression), expression)}: ${observed === undefined ? "no figure" : figure(observed, unit)}, limit ${expression}`,
      more: why ?? `n = ${formatCount(samples)}`,
      href: "#limits",
    }));
}

function nothing({ summary, verdict }: PageData): string {
  if (summary.total.attempts === 0) return "Nothing was loaded, so nothing could give way.";
  if (summary.thresholds.length === 0) return "The plan sets no limits, so none could be crossed; no finding is grave.";
  const unjudged = summary.thresholds.filter(({ observed }) => observed === undefined).length;
  if (unjudged === summary.thresholds.length) return "Too little was measured to judge any limit.";
  const most = verdict.line?.tried.most;
  return most === undefined
    ? "No limit was crossed and no finding is grave."
    : `Nothing, at the loads that were tried: no limit was crossed up to ${loadText(most, verdict.line?.unit ?? "sessions/s")}${unjudged === 0 ? "" : `; ${counted(unjudged, "limit")} could not be judged`}.`;
}
