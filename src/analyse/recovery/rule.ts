import type { Facts } from "../facts/types.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Evidence, Finding } from "../verdict/schema.ts";
import { amplification } from "./amplification.ts";
import { BACKLOG, type Course, courseOf, FELT } from "./course.ts";
import { type Episode, episodes } from "./episodes.ts";

const ID = "recovery";
/** A state is only called lasting after this long (s), and after as long as the peak itself. */
const LASTING = 60;
/** Of the last third, how much has to be bad where a state lasts. */
const LASTS = 0.8;
const TEST = "prediction interval of the baseline's windows, one-sided 0.5 %";

/** Whether and when what a peak broke came back, against the distribution that the same measures had before it. */
export const recoveryRule: Rule = {
  id: ID,
  look(facts): RuleResult {
    const results = episodes(facts.stages).map((episode, i) => lookAt(facts, episode, i + 1));
    return { findings: results.flatMap((r) => r.findings), lacks: results.flatMap((r) => r.lacks) };
  },
};

function lookAt(facts: Facts, episode: Episode, number: number): RuleResult {
  const courses = FELT.flatMap((measure) => courseOf(measure, facts, episode) ?? []);
  if (courses.length === 0) {
    return {
      findings: [],
      lacks: [
        {
          rule: ID,
          needs: "at least eight bins of steady load, answered, before the peak, and answers after it",
          hint: `Add a stage \`- { baseline: 60s, at: ... }\` before ${episode.peak.name}, and one at the same load after it.`,
        },
      ],
    };
  }
  return { findings: [conclude(facts, episode, courses, number)], lacks: [] };
}

interface Words {
  readonly kind: string;
  readonly severity: Finding["severity"];
  readonly title: string;
  readonly confidence: number;
  readonly advice: Finding["advice"];
}

function conclude(facts: Facts, episode: Episode, courses: readonly Course[], number: number): Finding {
  const { peak, after } = episode;
  const degraded = courses.filter((course) => course.degradedAt !== undefined);
  const backlog = courseOf(BACKLOG, facts, episode);
  const lost = [...degraded, ...(backlog === undefined ? [] : [backlog])].filter(isBad);
  const changed = degraded.filter((course) => course.backAt === undefined && !lost.includes(course));
  const degradedAt = Math.min(...degraded.map((course) => course.degradedAt ?? Number.POSITIVE_INFINITY));
  const isBack = degraded.length > 0 && lost.length === 0;
  const backAt = isBack ? Math.max(...degraded.map((course) => course.backAt ?? after.from)) : undefined;
  const words = wordsOf(facts, episode, { degraded, lost, changed, backAt });
  return {
    id: `${words.kind}:${episode.peak.name}:${number}`,
    kind: words.kind,
    severity: words.severity,
    title: words.title,
    component: "target",
    from: (degraded.length > 0 ? degradedAt : peak.from) * facts.width,
    to: (backAt ?? (degraded.length + lost.length > 0 ? after.to : peak.to)) * facts.width,
    ...(degraded.length > 0 ? { loadAtOnset: facts.load.asked[degradedAt] ?? peak.load } : {}),
    evidence: [
      ...courses.map((course) => evidenceOf(course, facts, episode)),
      ...errorsDuring(facts, peak.from, backAt ?? after.to),
      ...(backlog === undefined ? [] : [backlogOf(backlog, facts, episode)]),
      ...amplification(facts, episode),
    ],
    confidence: words.confidence,
    advice: words.advice,
  };
}

interface Outcome {
  /** Worse than before, at least for a while. */
  readonly degraded: readonly Course[];
  /** Of these, still bad at the end, and never back since the peak. */
  readonly lost: readonly Course[];
  /** Not as before at the end, though nothing that matters is wrong with them. */
  readonly changed: readonly Course[];
  /** Bin; absent where something was lost. */
  readonly backAt: number | undefined;
}

/** Times the baseline, from which on a figure without a limit is bad. */
const LARGE = 1.5;
/** Share of failures more than before, from which on they are bad without a limit. */
const FAILURES = 0.02;
/** Of the last third, how much has to break the limit. */
const STILL = 0.5;

/**
 * Left from the peak (without a return since), and bad: by the plan's limit, where it has one that the baseline kept; else by a large effect on what
 * users wait for in all, on failures, or on the work that is open.
 */
function isBad({
  measure,
  degradedAt,
  backAt,
  returned,
  stays,
  isLimited,
  broken,
  outside,
  last,
  reference,
}: Course): boolean {
  if (degradedAt === undefined || backAt !== undefined || returned || !stays) return false;
  if (isLimited) return broken >= STILL;
  if (measure.startsWith("ttft")) return false;
  if (measure === "errors.rate") return last > reference.mean + FAILURES;
  return outside >= STILL && last > LARGE * reference.mean;
}

function wordsOf(facts: Facts, { peak, after }: Episode, { degraded, lost, changed, backAt }: Outcome): Words {
  const seconds = (bins: number): string => `${Math.round((bins * facts.width) / 1000)} s`;
  if (degraded.length === 0 && lost.length === 0) {
    return {
      kind: "recovery.unaffected",
      severity: "info",
      title: `The peak of stage ${peak.name} changed nothing that a user would notice.`,
      confidence: 0.8,
      advice: [],
    };
  }
  if (backAt !== undefined) {
    const took = Math.max(0, backAt - after.from);
    const [first] = changed;
    if (first !== undefined) {
      const named = changed.map(({ measure }) => measure).join(", ");
      return {
        kind: "recovery.back",
        severity: "low",
        title: `After the peak of stage ${peak.name} the system recovered, though not all was quite as before: ${named}.`,
        confidence: 0.7,
        advice: [],
      };
    }
    const isSlow = took > peak.to - peak.from && took * facts.width > 30_000;
    return {
      kind: isSlow ? "recovery.slow" : "recovery.back",
      severity: isSlow ? "medium" : took > 0 ? "low" : "info",
      title:
        took === 0
          ? `Answers were as before as soon as the peak of stage ${peak.name} was over.`
          : `After the peak of stage ${peak.name} it took ${seconds(took)} until answers were as before.`,
      confidence: 0.85,
      advice: isSlow ? SHED : [],
    };
  }
  const waited = ((after.to - after.from) * facts.width) / 1000;
  const isLong = waited >= LASTING && after.to - after.from >= peak.to - peak.from;
  const stuck = lost.filter(
    (course) => course.outside >= LASTS && (!course.isLimited || course.broken >= LASTS) && !course.improves,
  );
  if (isLong && stuck.length > 0) {
    return {
      kind: "recovery.metastable",
      severity: stuck.some(isGrave) ? "high" : "medium",
      title: `The peak of stage ${peak.name} is over, and ${seconds(after.to - after.from)} later answers are still not as before: the system does not recover by itself.`,
      confidence: Math.min(0.95, 0.7 + 0.1 * stuck.length),
      advice: [...RETRIES, ...SHED],
    };
  }
  return {
    kind: "recovery.unfinished",
    severity: "medium",
    title: `${seconds(after.to - after.from)} after the peak of stage ${peak.name} answers were not yet as before${lost.some((course) => course.improves) ? ", though they improve" : ""}.`,
    confidence: 0.7,
    advice: [
      {
        do: `Lengthen the stage after ${peak.name}`,
        why: "The run ends before it shows whether the system comes back",
        retest: "the same plan with a recovery at least three times as long",
      },
    ],
  };
}

/** A broken limit, twice the baseline's latency, or failures: more than a user overlooks. */
function isGrave({ measure, last, reference, isLimited }: Course): boolean {
  if (isLimited) return true;
  return measure === "errors.rate" ? last > reference.mean + 0.05 : last > 2 * reference.mean;
}

const SHED: Finding["advice"] = [
  {
    do: "Bound the queue and turn away what cannot be answered in time",
    why: "work that waited too long is done for users who have left, and delays those who come now",
    retest: "the same peak: time back to the baseline, and rejections during the peak",
  },
];
const RETRIES: Finding["advice"] = [
  {
    do: "Limit retries by a budget, and cancel the work of requests that were given up",
    why: "a request that is asked again while the first is still worked on keeps the load up when the users have gone",
    retest: "the same peak: requests at the server for each attempt of a client after it",
  },
];

function evidenceOf(course: Course, facts: Facts, { peak, after }: Episode): Evidence {
  const { degradedAt, backAt, reference } = course;
  const seconds = (bins: number): string => `${Math.round((bins * facts.width) / 1000)} s`;
  const left = degradedAt === undefined ? undefined : Math.max(0, degradedAt - peak.from);
  const words =
    left === undefined
      ? course.above === 0
        ? `${course.measure} stayed within what it was before the peak`
        : `${course.measure} was worse than before the peak in ${course.above} of ${course.seen} windows, never for long`
      : backAt === undefined
        ? `${course.measure} left its baseline ${seconds(left)} after the peak began and was outside it in ${Math.round(course.outside * 100)} % of the last third${course.limit === undefined ? "" : `, above its limit in ${Math.round(course.broken * 100)} %`}`
        : `${course.measure} left its baseline ${seconds(left)} after the peak began and was back ${seconds(Math.max(0, backAt - after.from))} after it`;
  return {
    measure: course.measure,
    unit: course.unit,
    before: reference.mean,
    after: left === undefined ? course.average : backAt === undefined ? course.last : course.worst,
    speaks: left === undefined && course.above === 0 ? "against" : "for",
    test: TEST,
    ...(reference.mean > 0 ? { effect: course.worst / reference.mean } : {}),
    samples: reference.windows + course.windows,
    words,
  };
}

function errorsDuring(facts: Facts, from: number, to: number): readonly Evidence[] {
  let [errors, ended] = [0, 0];
  for (let i = from; i < to; i++) {
    errors += ((facts.load.errors[i] ?? 0) * facts.width) / 1000;
    ended += ((facts.load.ended[i] ?? 0) * facts.width) / 1000;
  }
  if (ended === 0) return [];
  return [
    {
      measure: "errors during the peak and until the return",
      unit: "attempts",
      after: Math.round(errors),
      speaks: errors > 0 ? "for" : "against",
      samples: Math.round(ended),
      words: `${Math.round(errors)} of ${Math.round(ended)} attempts failed in that time`,
    },
  ];
}

function backlogOf(backlog: Course, facts: Facts, { after }: Episode): Evidence {
  const { degradedAt, backAt, reference } = backlog;
  const base = { measure: backlog.measure, unit: backlog.unit, before: reference.mean, samples: backlog.windows };
  if (degradedAt === undefined)
    return { ...base, after: backlog.worst, speaks: "against", words: "no backlog built up" };
  if (backAt === undefined)
    return { ...base, after: backlog.last, speaks: "for", words: "the backlog was not drained when the run ended" };
  const seconds = Math.round((Math.max(0, backAt - after.from) * facts.width) / 1000);
  return { ...base, after: backlog.worst, speaks: "for", words: `the backlog was drained ${seconds} s after the peak` };
}
