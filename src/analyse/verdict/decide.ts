import { formatNumber, OUTCOMES } from "../../base/index.ts";
import type { Facts } from "../facts/types.ts";
import { fewestFor } from "../judge.ts";
import { limitWords } from "./limit-words.ts";
import type { LimitLine, LoadLine, Verdict } from "./schema.ts";
import { amount, capitalised, carried, holdsSentence } from "./words.ts";

type Decision = Verdict["verdict"];

/** May we launch? From the load line against the expected peak, and from whatever else the plan's limits say. */
export function decide(facts: Facts, line: LoadLine | undefined): Decision {
  const { summary } = facts;
  if (summary.total.attempts === 0) {
    return { word: "none", headline: "Nothing was measured: no attempt was recorded.", because: reasons(facts) };
  }
  const ends = OUTCOMES.filter(({ name }) => (summary.total.outcomes[name] ?? 0) > 0);
  if (ends.length > 0 && !ends.some(({ answered }) => answered)) return unanswered(facts);
  if (line?.expected === undefined || summary.thresholds.length === 0) return seen(facts, line);
  const { expected, unit } = line;
  if (summary.generator.limited) return limited(facts);
  const broken = line.limits.filter((limit) => breaksBelow(limit, expected));
  const crossed = crossedElsewhere(facts, line);
  if (broken.length > 0 || crossed.length > 0) {
    return {
      word: "no-go",
      headline:
        broken.length > 0
          ? `${carried(line)} Launch day brings ${formatNumber(expected)}.`
          : `${crossed[0] ?? ""}. Launch day brings ${amount(expected, unit)}.`,
      because: [...sentences(facts, broken, unit), ...crossed.map((text) => `${text}.`)],
    };
  }
  const open = line.limits.filter((limit) => !holdsAt(limit, expected, facts));
  const reached = line.limits.some((limit) => reaches(limit, expected));
  if (open.length === 0 && reached) {
    return {
      word: "go",
      headline: `${carried(line)} Launch day brings ${formatNumber(expected)}.`,
      because: sentences(facts, line.limits, unit),
    };
  }
  return undecided(facts, line, expected, open);
}

/** Where nothing ever worked, a wrong plan is as likely as a system that carries no load. */
function unanswered({ summary }: Facts): Decision {
  const { attempts, outcomes } = summary.total;
  const ends = OUTCOMES.flatMap(({ name }) => {
    const count = outcomes[name] ?? 0;
    return count === 0 ? [] : [`${formatNumber(count)} ${count === 1 ? "attempt" : "attempts"} ended as ${name}`];
  });
  return {
    word: "cannot-tell",
    headline:
      attempts === 1
        ? "The only request was not answered."
        : `None of ${formatNumber(attempts)} requests was answered.`,
    because: [`${ends.join(", ")}. Whatever the load, nothing was measured of what the system carries.`],
    settle:
      "Read the reasons under Outcomes. Compare the plan's target (url, protocol, events) with what `plimsoll quick URL` finds there, and run again.",
  };
}

/** Without an expected peak, or without limits, there is nothing to decide. */
function seen(facts: Facts, line: LoadLine | undefined): Decision {
  const { summary, manifest } = facts;
  const because =
    manifest.slo.length === 0
      ? ["The plan sets no limits (slo), so nothing could be judged."]
      : ["The plan expects no peak (expect.peak), so there is nothing to judge it against."];
  if (line === undefined) {
    const { attempts } = summary.total;
    return {
      word: "none",
      headline: `It was asked ${attempts === 1 ? "once" : `${formatNumber(attempts)} times`}; no stage tells of a load.`,
      because,
    };
  }
  const headline =
    manifest.slo.length === 0
      ? `It was asked for up to ${amount(line.tried.most, line.unit)}; the plan sets no limits to judge that by.`
      : carried(line);
  return {
    word: "none",
    headline,
    because: [...because, ...sentences(facts, line.limits, line.unit)],
  };
}

function limited({ summary }: Facts): Decision {
  return {
    word: "cannot-tell",
    headline: "The load generator limited this run: its figures are not the application's alone.",
    because: summary.generator.why.map((why) => `${why}.`),
    settle: "Run the same plan on a machine with more cores or fewer neighbours.",
  };
}

function reasons({ summary }: Facts): string[] {
  return summary.reasons.map(({ message }) => message);
}

/** Loads are compared to a part in a million: 1.0x of a peak is the peak. */
const NEAR = 1 - 1e-6;

function breaksBelow({ holdsUpTo, below }: LimitLine, peak: number): boolean {
  if (below !== undefined) return below <= peak / NEAR;
  return holdsUpTo !== undefined && holdsUpTo.open !== true && holdsUpTo.high <= peak / NEAR;
}

function reaches({ holdsUpTo, above }: LimitLine, peak: number): boolean {
  return (above ?? holdsUpTo?.low ?? 0) >= peak * NEAR;
}

/** A limit on one stage alone asks for no more than that stage's load; one about no load at all is judged by the summary. */
function holdsAt(limit: LimitLine, peak: number, { manifest, summary }: Facts): boolean {
  if (reaches(limit, peak)) return true;
  const threshold = manifest.slo.find(({ expression }) => expression === limit.expression);
  if (limit.above !== undefined) return threshold?.filters.stage !== undefined;
  if (limit.why === undefined || limit.doubtful !== undefined) return false;
  return summary.thresholds.some(({ expression, held }) => expression === limit.expression && held);
}

/** Limits that say nothing of a load, such as those on a recovery or on the whole cost, and did not hold. */
function crossedElsewhere(facts: Facts, { limits }: LoadLine): string[] {
  return facts.summary.thresholds.flatMap(({ expression, held, observed }) => {
    const about = limits.find((limit) => limit.expression === expression);
    return about?.why !== undefined && about.doubtful === undefined && !held && observed !== undefined
      ? [`${capitalised(wordsFor(facts, expression))} did not hold`]
      : [];
  });
}

function undecided(facts: Facts, line: LoadLine, expected: number, open: readonly LimitLine[]): Decision {
  const { unit, tried } = line;
  const peak = amount(expected, unit);
  const untried = tried.most < expected * NEAR;
  const straddling = open.filter(({ holdsUpTo }) => holdsUpTo !== undefined);
  const beyond = Math.min(...open.flatMap(({ doubtful }) => doubtful ?? []));
  const headline = Number.isFinite(beyond)
    ? `${amount(beyond, unit)}, the least that was tried, may be too much already. Launch day brings ${formatNumber(expected)}.`
    : untried
      ? `The most that was tried is ${amount(tried.most, unit)}. Launch day brings ${formatNumber(expected)}.`
      : straddling.length > 0
        ? `${between(straddling, unit)} Launch day brings ${formatNumber(expected)}, which lies between.`
        : `Too little was measured at ${peak}, which is what launch day brings.`;
  return {
    word: "cannot-tell",
    headline,
    because: sentences(facts, open, unit),
    settle: settled(minutes(facts, expected)),
  };
}

/** What the intervals of the limits that could give way on either side of the peak allow. */
function between(straddling: readonly LimitLine[], unit: LoadLine["unit"]): string {
  const intervals = straddling.flatMap(({ holdsUpTo }) => holdsUpTo ?? []);
  const low = Math.min(...intervals.map((one) => one.low));
  const high = Math.min(...intervals.map((one) => one.high));
  return `It carries between ${formatNumber(low)} and ${amount(high, unit)}.`;
}

function settled(least: number): string {
  return `Hold the expected peak for ${least} minutes: a stage { steady: ${least}m, at: 1x }.`;
}

/** What is known of each limit, the one that gives way first at the head. */
function sentences(facts: Facts, limits: readonly LimitLine[], unit: LoadLine["unit"]): string[] {
  return limits
    .toSorted((a, b) => givesWayAt(a) - givesWayAt(b))
    .map((limit) => holdsSentence(wordsFor(facts, limit.expression), limit, unit));
}

/** Limits that never broke come after those that did, and those of which nothing is known last. */
function givesWayAt({ holdsUpTo, above, below }: LimitLine): number {
  if (below !== undefined) return Number.NEGATIVE_INFINITY;
  return holdsUpTo?.value ?? (above === undefined ? Number.POSITIVE_INFINITY : Number.MAX_VALUE);
}

function wordsFor({ manifest }: Facts, expression: string): string {
  const threshold = manifest.slo.find((one) => one.expression === expression);
  return threshold === undefined ? expression : limitWords(threshold);
}

/** Least minutes of a stage that is to settle a verdict: four times the samples that the rarest percentile needs halve its interval. */
function minutes({ manifest, summary }: Facts, expected: number): number {
  const percentiles = manifest.slo.flatMap(({ subject }) =>
    subject.kind === "metric" && subject.metric !== "itl" && typeof subject.aggregate === "object"
      ? [subject.aggregate.percentile / 100]
      : [],
  );
  const needed = 4 * Math.max(100, ...percentiles.map(fewestFor));
  const { attempts, sessions } = summary.total;
  const rate = sessions > 0 ? (expected * attempts) / sessions : expected;
  return Math.max(5, Math.ceil(needed / rate / 60));
}
