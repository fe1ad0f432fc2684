import type { StackPart, Summary } from "../../analyse/index.ts";
import { formatNumber } from "../../base/index.ts";
import { clockText, counted, formatCount, formatShare } from "../figures.ts";
import { type Column, table } from "../table.ts";
import { displayWidth, padEnd, plain, wrap } from "../text.ts";
import { heading, type Section, type SectionContext } from "./section.ts";
import { measuredOf } from "./stack-signals.ts";

interface PartColumn extends Column {
  /** Empty where the part does not have it; a column that no part has is left out. */
  text(part: StackPart): string;
}

const greatest = (part: StackPart, name: string, format: (value: number) => string): string => {
  const gauge = part.gauges[name];
  return gauge === undefined ? "" : format(gauge.greatest);
};

/** Nothing ever waited: then there is no moment to name. */
function queuedAt({ gauges: { queue } }: StackPart): string {
  return queue === undefined || queue.greatest === 0 ? "" : clockText(queue.greatestAt);
}

function replicas({ gauges: { replicas: ready } }: StackPart): string {
  if (ready === undefined) return "";
  const [least, most] = [formatCount(ready.least), formatCount(ready.greatest)];
  return least === most ? most : `${least} to ${most}`;
}

/** What says most is left out last where the terminal is narrow. */
const COLUMNS: readonly PartColumn[] = [
  { title: "kind", align: "left", drop: 7, text: ({ kind = "" }) => plain(kind) },
  { title: "queue max", align: "right", drop: 1, text: (part) => greatest(part, "queue", formatCount) },
  { title: "at", align: "right", drop: 8, text: queuedAt },
  {
    title: "running",
    align: "right",
    drop: 5,
    text: ({ gauges: { running } }) => (running === undefined ? "" : formatNumber(running.mean)),
  },
  { title: "max", align: "right", drop: 4, text: (part) => greatest(part, "running", formatCount) },
  { title: "KV max", align: "right", drop: 3, text: (part) => greatest(part, "kv.used", formatShare) },
  { title: "replicas", align: "right", drop: 6, text: replicas },
];

interface CountEntry {
  readonly name: string;
  readonly text: (count: number) => string;
  /** Worth saying when it is 0, too. */
  readonly always?: true;
}

const after =
  (words: string) =>
  (count: number): string =>
    `${formatCount(count)} ${words}`;
const noun =
  (one: string, many = `${one}s`) =>
  (count: number): string =>
    counted(count, one, many);

/** Counters in the order in which they are told: what came, what was turned away, what went wrong, what the caches saved. */
const COUNTS: readonly CountEntry[] = [
  { name: "requests", text: noun("request"), always: true },
  { name: "requests.refused", text: after("refused") },
  { name: "rejected", text: after("rejected") },
  { name: "shed", text: after("shed") },
  { name: "limited", text: after("rate-limited") },
  { name: "unauthorised", text: after("unauthorised") },
  { name: "failures", text: after("failed") },
  { name: "timeouts", text: after("timed out") },
  { name: "requests.cancelled", text: after("cancelled") },
  { name: "requests.degraded", text: after("degraded") },
  { name: "retries", text: noun("retry", "retries") },
  { name: "retries.denied", text: after("retries denied") },
  { name: "fallbacks", text: noun("fallback") },
  { name: "failovers", text: noun("failover") },
  { name: "away", text: after("served by another region") },
  { name: "skipped", text: after("skipped") },
  { name: "preemptions", text: noun("preemption"), always: true },
  { name: "hits", text: noun("hit"), always: true },
  { name: "hits.similar", text: noun("similar hit") },
  { name: "misses", text: noun("miss", "misses"), always: true },
  { name: "joined", text: after("joined an answer under way") },
  { name: "flushes", text: noun("flush", "flushes") },
  { name: "autoscale.changes", text: after("changes of size") },
  { name: "autoscale.turns", text: after("changes of direction") },
  { name: "tokens.prompt.computed", text: after("prompt tokens computed") },
  { name: "tokens.prompt.cached", text: after("cached"), always: true },
  { name: "tokens.prompt.recomputed", text: after("recomputed") },
];

/** A router's choices. */
const SENT = "sent.";

function countsOf({ counters }: StackPart): string {
  const told = COUNTS.flatMap(({ name, text, always }) => {
    const count = counters[name];
    return count === undefined || (count === 0 && always === undefined) ? [] : [text(count)];
  });
  const sent = Object.entries(counters).flatMap(([name, count]) =>
    name.startsWith(SENT) && count > 0 ? [`${formatCount(count)} to ${plain(name.slice(SENT.length))}`] : [],
  );
  return [...told, ...sent].join(", ");
}

/** What a simulated stack went through, and what of the weaknesses planted in it came to light. */
export const stack: Section = (summary, context) => {
  const parts = (summary.stack ?? []).filter(({ gauges }) => Object.keys(gauges).length > 0);
  if (parts.length === 0) return [];
  const { width, paint, mode } = context;
  const names = parts.map(({ part }) => plain(part));
  const widest = Math.min(Math.max(...names.map(displayWidth)), Math.floor(width / 3));
  const lines = [
    heading("Stack", "in requests, looked at every virtual second; running as mean and maximum", context),
    ...table(
      [{ title: "", align: "left", shrinkTo: 8 }, ...COLUMNS],
      parts.map((part, index) => [
        { text: names[index] ?? "", styles: ["bold"] },
        ...COLUMNS.map((column) => ({ text: column.text(part) })),
      ]),
      { width, paint, least: [widest] },
    ),
  ];
  if (mode === "full") {
    lines.push(`  ${paint("counted over the run", "dim")}`);
    const indent = " ".repeat(widest + 4);
    for (const [index, part] of parts.entries()) {
      const counts = countsOf(part);
      if (counts !== "") lines.push(...wrap(counts, width, indent, `  ${padEnd(names[index] ?? "", widest)}  `));
    }
  }
  return [...lines, ...planted(summary, context)];
};

function planted(summary: Summary, { width, paint, weaknesses }: SectionContext): string[] {
  const names = summary.run.simulated?.weaknesses ?? [];
  return names.flatMap((name) => {
    const shows = weaknesses.find((weakness) => weakness.name === name)?.shows;
    const text = [
      `planted: ${plain(name)}.`,
      ...(shows === undefined ? [] : [`It shows as ${shows}.`]),
      measuredOf(name, summary),
    ].join(" ");
    return wrap(text, width, "    ", "  ").map((line) => paint(line, "yellow"));
  });
}
