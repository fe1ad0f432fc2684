import type { Column, Facts } from "../facts/types.ts";
import type { LoadLine } from "../verdict/schema.ts";

/** What broke, and the bin from which on it stayed broken. */
export interface Failure {
  readonly at: number;
  readonly what: string;
}

/**
 * So many measured bins in a row show a break when so many of them are beyond the limit. A bin's percentile rests on few answers and lies on either
 * side of a limit that just holds: by the sign test either comes by chance in one of 500,000 places.
 */
const BREAKS = [
  { bins: 24, broken: 23 },
  { bins: 60, broken: 48 },
];
const MOST = Math.max(...BREAKS.map(({ bins }) => bins));

/** Share of errors that is a failure where the plan sets no limit of its own. */
const ERRORS = 0.05;

/**
 * The first limit that broke for longer than a moment: of the plan, or on errors, or an in-flight count that grew without end. A limit that the load
 * line says to have held at every load did not break, whatever a stretch of bins looks like.
 */
export function failureOf(facts: Facts, line: LoadLine | undefined): Failure | undefined {
  const found = [...limits(facts), errors(facts), saturation(facts, line)]
    .filter((failure) => failure !== undefined)
    .filter(({ what }) => !line?.limits.some((limit) => limit.expression === what && limit.above !== undefined));
  return found.toSorted((a, b) => a.at - b.at)[0];
}

type Columns = { readonly [metric: string]: { readonly middle: Column; readonly tail: Column } | undefined };

function limits(facts: Facts): readonly Failure[] {
  const { client, stages } = facts;
  const columns: Columns = {
    ttft: { middle: client.ttftP50, tail: client.ttftP95 },
    response: { middle: client.responseP50, tail: client.responseP95 },
    tpot: { middle: client.tpotP50, tail: client.tpotP95 },
    itl: { middle: client.itlP50, tail: client.itlP99 },
  };
  return facts.manifest.slo.flatMap(({ subject, operator, limit, filters, expression }): Failure[] => {
    if (subject.kind !== "metric" || limit.kind !== "value" || !operator.startsWith("<")) return [];
    if (filters.persona !== undefined || typeof subject.aggregate !== "object") return [];
    const both = columns[subject.metric];
    if (both === undefined) return [];
    const column = subject.aggregate.percentile > 50 ? both.tail : both.middle;
    const stage =
      filters.stage === undefined ? { from: 0, to: facts.bins } : stages.find(({ name }) => name === filters.stage);
    if (stage === undefined) return [];
    const at = lasting(stage.from, stage.to, (bin) => {
      const value = column[bin] ?? Number.NaN;
      return Number.isNaN(value) ? undefined : value > limit.value;
    });
    return at === undefined ? [] : [{ at, what: expression }];
  });
}

function errors({ load, manifest, bins }: Facts): Failure | undefined {
  const own = manifest.slo.find(({ subject, limit }) => subject.kind === "errors.rate" && limit.kind === "value");
  const most = own?.limit.kind === "value" ? Math.max(own.limit.value, 1e-9) : ERRORS;
  const at = lasting(0, bins, (bin) => {
    const ended = load.ended[bin] ?? 0;
    return ended > 0 ? (load.errors[bin] ?? 0) / ended > most : undefined;
  });
  return at === undefined ? undefined : { at, what: own?.expression ?? `errors.rate < ${ERRORS * 100}%` };
}

function saturation({ width }: Facts, line: LoadLine | undefined): Failure | undefined {
  if (line?.saturated === undefined) return undefined;
  return { at: Math.floor(line.saturated.from / width), what: "the number of requests in flight" };
}

function lasting(from: number, to: number, isBroken: (bin: number) => boolean | undefined): number | undefined {
  const measured: { readonly bin: number; readonly broken: number }[] = [];
  for (let bin = from; bin < to; bin++) {
    const state = isBroken(bin);
    if (state !== undefined) measured.push({ bin, broken: state ? 1 : 0 });
  }
  return measured.find(({ broken: begins }, i) => {
    if (begins === 0) return false;
    const counts = measured.slice(i, i + MOST).map(({ broken }) => broken);
    return BREAKS.some(
      ({ bins, broken }) => counts.length >= bins && counts.slice(0, bins).reduce((sum, one) => sum + one, 0) >= broken,
    );
  })?.bin;
}
