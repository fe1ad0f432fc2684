import { useMemo } from "preact/hooks";
import type { PageData } from "../../src/report/page/types.ts";
import { TimeLink } from "./charts/time-link.ts";
import { clockText, counted } from "./lib/format.ts";
import { Cost } from "./sections/cost.tsx";
import { Distributions } from "./sections/distributions.tsx";
import { Findings } from "./sections/findings.tsx";
import { Generator } from "./sections/generator.tsx";
import { Limits } from "./sections/limits.tsx";
import { Outcomes } from "./sections/outcomes.tsx";
import { RawData } from "./sections/raw-data.tsx";
import { Spikes } from "./sections/spikes.tsx";
import { Throughput } from "./sections/throughput.tsx";
import { Timeline } from "./sections/timeline.tsx";
import { Tokens } from "./sections/tokens.tsx";
import { Transcripts } from "./sections/transcripts.tsx";
import { FirstScreen } from "./verdict/first-screen.tsx";

const CONTENTS: readonly (readonly [id: string, name: string])[] = [
  ["limits", "Limits"],
  ["findings", "What gives way"],
  ["timeline", "Timeline"],
  ["spikes", "Every attempt"],
  ["distributions", "Tail"],
  ["throughput", "Throughput"],
  ["tokens", "Tokens"],
  ["cost", "Cost"],
  ["outcomes", "Outcomes"],
  ["generator", "Generator"],
  ["transcripts", "Answers"],
  ["data", "Raw data"],
];

/** The page: verdict, then story, then evidence, then raw data. */
export function Report({ data }: { readonly data: PageData }) {
  const link = useMemo(() => new TimeLink((data.bins * data.width) / 1000), [data]);
  const times = useMemo(() => Array.from({ length: data.bins }, (_, bin) => (bin * data.width) / 1000), [data]);
  return (
    <div class="page">
      <a class="skip" href="#limits">
        Skip to the evidence
      </a>
      <Banner data={data} />
      <main>
        <FirstScreen data={data} />
        <nav class="contents" aria-label="Contents">
          <ul>
            {CONTENTS.map(([id, name]) => (
              <li key={id}>
                <a href={`#${id}`}>{name}</a>
              </li>
            ))}
          </ul>
        </nav>
        <Limits data={data} />
        <Findings data={data} />
        <Timeline data={data} link={link} times={times} />
        <Spikes data={data} link={link} times={times} />
        <Distributions data={data} />
        <Throughput data={data} />
        <Tokens data={data} link={link} times={times} />
        <Cost data={data} />
        <Outcomes data={data} link={link} times={times} />
        <Generator data={data} link={link} times={times} />
        <Transcripts data={data} />
        <RawData data={data} />
      </main>
    </div>
  );
}

function Banner({ data: { summary } }: { readonly data: PageData }) {
  const { plan, run, total } = summary;
  const started = new Date(run.startedAt);
  const when = started.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return (
    <header class="banner">
      <b>{plan.name}</b>
      <span>
        <time dateTime={run.startedAt}>{when}</time> UTC, for {clockText(run.duration)}
      </span>
      <span>
        {counted(total.sessions, "session")}, {counted(total.attempts, "request")}
      </span>
      <span class="right">
        plan {plan.hash.slice(0, 8)} · seed {plan.seed} · plimsoll {run.plimsoll}
      </span>
    </header>
  );
}
