import type { Column, Facts } from "../facts/types.ts";
import type { LoadLine } from "../verdict/schema.ts";

/** What broke, and the bin from which on it stayed broken. */
export interface Failure {
  readonly at: number;
  readonly what: string;
}

/** Bins in which a limit has to be broken, and how many of those that were measured. */
const LASTS = 10;
const MOST = 0.8;
const MEASURED = 5;
/** Share of errors that is a failure where the plan sets no limit of its own. */
const ERRORS = 0.05;

/** The first limit that broke for longer than a moment: of the plan, or on errors, or an in-flight count that grew without end. */
export function failureOf(facts: Facts, line: LoadLine | undefined): Failure | undefined {
  const found = [...limits(facts), errors(facts), saturation(facts, line)].filter((failure) => failure !== undefined);
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
  for (let at = from; at + LASTS <= to; at++) {
    if (isBroken(at) !== true) continue;
    let [measured, broken] = [0, 0];
    for (let bin = at; bin < at + LASTS; bin++) {
      const state = isBroken(bin);
      if (state === undefined) continue;
      measured++;
      if (state) broken++;
    }
    if (measured >= MEASURED && broken >= MOST * measured) return at;
  }
  return undefined;
}
