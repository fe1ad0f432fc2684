import { OUTCOMES } from "../../../src/base/outcomes.ts";
import type { PageData, Values } from "../../../src/report/page/types.ts";
import { Panel } from "../charts/panel.tsx";
import type { TimeLink } from "../charts/time-link.ts";
import { DataTable } from "../figures/table.tsx";
import { counted, formatCount, formatShare } from "../lib/format.ts";
import { fixedHue } from "../lib/palette.ts";
import { Section } from "./section.tsx";

/** How attempts ended, over time and in all. */
export function Outcomes({
  data,
  link,
  times,
}: {
  readonly data: PageData;
  readonly link: TimeLink;
  readonly times: readonly number[];
}) {
  const { outcomes, attempts } = data.summary.total;
  const tracks = data.tracks.filter(({ group }) => group === "outcomes");
  const seen = OUTCOMES.filter(({ name }) => (outcomes[name] ?? 0) > 0);
  return (
    <Section id="outcomes" title="Outcomes" says={says(data)}>
      {tracks.length === 0 ? null : (
        <Panel
          link={link}
          times={times}
          spec={{
            id: "t-outcomes",
            title: "Attempts by how they ended, stacked",
            unit: "/s",
            height: 150,
            series: stacked(tracks.map(({ values }) => values))
              .map((values, i) => {
                const name = tracks[i]?.title ?? "";
                return {
                  label: name,
                  color: fixedHue(name, i + 1),
                  values,
                  filled: true,
                  formula: data.formulas[tracks[i]?.id ?? ""],
                };
              })
              .reverse(),
          }}
        />
      )}
      {seen.length === 0 ? null : (
        <div class="scroll">
          <DataTable
            caption="Outcomes"
            columns={["outcome", "attempts", "share", "meaning", "most frequent reasons"]}
            texts={["meaning", "most frequent reasons"]}
            rows={seen.map(({ name, meaning }) => [
              name,
              formatCount(outcomes[name] ?? 0),
              formatShare((outcomes[name] ?? 0) / attempts),
              meaning,
              data.reasons
                .filter(({ outcome }) => outcome === name)
                .map(({ reason, count }) => `${reason} (${formatCount(count)})`)
                .join("; "),
            ])}
          />
        </div>
      )}
    </Section>
  );
}

/** Each series on top of those before it. */
function stacked(series: readonly Values[]): readonly Values[] {
  const sums: number[] = [];
  return series.map((values) =>
    values.map((value, bin) => {
      const sum = (sums[bin] ?? 0) + (value ?? 0);
      sums[bin] = sum;
      return sum;
    }),
  );
}

function says({ summary }: PageData): string {
  const { outcomes, attempts } = summary.total;
  if (attempts === 0) return "No attempt ended.";
  const errors = OUTCOMES.filter(({ error }) => error).reduce((sum, { name }) => sum + (outcomes[name] ?? 0), 0);
  const left = outcomes.abandoned ?? 0;
  return `${errors === 0 ? "No error" : `${counted(errors, "error")}, ${formatShare(errors / attempts)}`} in ${counted(attempts, "attempt")}${left === 0 ? "" : `; ${counted(left, "user")} left before the first token`}.`;
}
