import { useState } from "preact/hooks";
import type { PageData } from "../../../src/report/page/types.ts";
import { Panel } from "../charts/panel.tsx";
import { Moments, type Stretch, Strip } from "../charts/strip.tsx";
import type { TimeLink } from "../charts/time-link.ts";
import { useLink } from "../charts/use-link.ts";
import { DataTable } from "../figures/table.tsx";
import { clockText, counted, formatNumber, span } from "../lib/format.ts";
import { hue } from "../lib/palette.ts";
import { clientPanels } from "../lib/panels.ts";
import { serverPanels } from "../lib/server-panels.ts";
import { Section } from "./section.tsx";

interface Props {
  readonly data: PageData;
  readonly link: TimeLink;
  readonly times: readonly number[];
}

/** Load, latency, servers, stages and findings on one axis. */
export function Timeline({ data, link, times }: Props) {
  const { first, more } = serverPanels(data);
  const client = clientPanels(data);
  return (
    <Section id="timeline" title="What happened when" says={says(data, first.length + more.length)}>
      {client.length === 0 ? null : (
        <>
          <Readout link={link} times={times} data={data} />
          <Strips data={data} link={link} />
          <EventTable data={data} />
          {[...client, ...first].map((spec) => (
            <Panel spec={spec} times={times} link={link} key={spec.id} />
          ))}
          {more.length === 0 ? null : <MorePanels specs={more} link={link} times={times} />}
          {data.tracksLeftOut === 0 ? null : (
            <p class="soft">
              {counted(data.tracksLeftOut, "more series", "more series")} of servers are in the run folder only.
            </p>
          )}
        </>
      )}
    </Section>
  );
}

/** Opened on demand: a page of a large stack would be slow otherwise. */
function MorePanels({
  specs,
  link,
  times,
}: {
  readonly specs: readonly Parameters<typeof Panel>[0]["spec"][];
  readonly link: TimeLink;
  readonly times: readonly number[];
}) {
  const [opened, setOpened] = useState(false);
  return (
    <details
      class="more"
      onToggle={(event) => {
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary>{counted(specs.length, "more figure")} of servers</summary>
      {opened ? specs.map((spec) => <Panel spec={spec} times={times} link={link} key={spec.id} />) : null}
    </details>
  );
}

/** The stages, the findings and the events, over the same time as the figures below them. */
export function Strips({ data, link }: { readonly data: PageData; readonly link: TimeLink }) {
  const stages = data.summary.stages
    .filter(({ duration }) => duration > 0)
    .map(({ name, kind, from, duration }, i): Stretch => {
      const words = name === kind ? `stage ${name}` : `stage ${name} (${kind})`;
      return { id: `stage ${i}`, from, to: from + duration, text: name, words, color: hue(i) };
    });
  const findings = data.verdict.findings
    .filter(({ severity }) => severity !== "info")
    .map(
      ({ id, from, to, title, severity }): Stretch => ({
        id,
        from,
        to: Math.max(to, from),
        text: title,
        words: `${title} (${severity})`,
        color: severity === "high" ? "--c2" : "--c7",
        href: `#${id}`,
      }),
    );
  return (
    <>
      <Strip name="Stages" stretches={stages} link={link} />
      {findings.length === 0 ? null : <Strip name="Findings" stretches={findings} link={link} />}
      <Moments
        name="Events"
        moments={momentsOf(data).map(({ at, words, isGrave }) => ({
          at,
          words: `${clockText(at)} ${words}`,
          color: isGrave ? "--c2" : "--soft",
        }))}
        link={link}
      />
    </>
  );
}

/** What happened beside the load, told in words; what was found before it began stands at its start. */
function momentsOf({
  events,
}: PageData): readonly { readonly at: number; readonly words: string; readonly isGrave: boolean }[] {
  return events
    .filter(({ kind, name, at }) => kind !== "run" && name !== "finished" && (at > 0 || kind === "observe"))
    .map(({ at, kind, name, words }) => ({
      at: Math.max(0, at),
      words: kind === "observe" ? words : `${kind} ${name}${words === "" ? "" : `: ${words}`}`,
      isGrave: GRAVE.has(kind) || GRAVE.has(name),
    }));
}

const GRAVE: ReadonlySet<string> = new Set([
  "warning",
  "guard",
  "fault",
  "lost",
  "refused",
  "given-up",
  "observer-lost",
]);

function EventTable({ data }: { readonly data: PageData }) {
  const moments = momentsOf(data);
  if (moments.length === 0) return null;
  return (
    <details class="more events">
      <summary>{counted(moments.length, "event")} beside the load</summary>
      <DataTable
        caption="Events"
        columns={["time", "what happened"]}
        texts={["what happened"]}
        rows={moments.map(({ at, words }) => [clockText(at), words])}
      />
    </details>
  );
}

function Readout({
  link,
  times,
  data,
}: {
  readonly link: TimeLink;
  readonly times: readonly number[];
  readonly data: PageData;
}) {
  useLink(link, "cursor");
  useLink(link, "range");
  const at = link.at === undefined ? undefined : (times[link.at] ?? 0) * 1000;
  const stage =
    at === undefined ? undefined : data.summary.stages.find(({ from, duration }) => at >= from && at < from + duration);
  const [from, to] = link.range;
  return (
    <p class="readout">
      <output>
        {at === undefined
          ? "Point at a figure to read it; drag to zoom."
          : `${clockText(at)}${stage === undefined ? "" : `, stage ${stage.name}`}`}
      </output>
      <span>shown: {span(from * 1000, to * 1000)}</span>
      <button type="button" class="button" disabled={!link.isZoomed} onClick={() => link.zoom(...link.whole)}>
        Show the whole run
      </button>
    </p>
  );
}

function says({ summary, width, verdict }: PageData, servers: number): string {
  if (summary.total.attempts === 0) return "No request was made, so there is nothing to draw over time.";
  const ran = summary.stages.filter(({ duration }) => duration > 0).length;
  const grave = verdict.findings.filter(({ severity }) => severity === "high").length;
  return [
    `${counted(ran, "stage")} over ${clockText(summary.run.duration)}, in bins of ${formatNumber(width / 1000)} s.`,
    servers === 0
      ? "No server was observed."
      : `${counted(servers, "measure")} of the servers stand under the client's, on the same axis.`,
    grave === 0 ? "" : `${counted(grave, "grave finding")} marked above the figures.`,
  ].join(" ");
}
