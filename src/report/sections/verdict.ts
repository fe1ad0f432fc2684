import type { Summary } from "../../analyse/index.ts";
import { counted, formatCount, formatLatency, formatShare, latency } from "../figures.ts";
import { displayWidth, fit, plain, wrap } from "../text.ts";
import { earlyEnd, VERDICTS } from "./headline.ts";
import { errorsOf } from "./load.ts";
import type { Section } from "./section.ts";

type Verdict = Summary["verdict"];

const SENTENCES: Readonly<Record<Verdict, (summary: Summary) => string>> = {
  pass: ({ thresholds }) =>
    thresholds.length === 1 ? "The threshold held." : `All ${thresholds.length} thresholds held.`,
  fail: ({ thresholds }) => {
    const crossed = thresholds.filter((threshold) => !threshold.held).length;
    if (crossed === 0) return "The run failed, though no threshold was crossed.";
    if (thresholds.length === 1) return "The threshold did not hold.";
    return `${crossed} of ${thresholds.length} thresholds did not hold.`;
  },
  "cannot-tell": ({ generator, thresholds }) => {
    if (generator.limited)
      return "The load generator limited this run, so its figures are no verdict on the application.";
    const unjudged = thresholds.filter((threshold) => threshold.observed === undefined).length;
    if (unjudged === 1 && thresholds.length === 1) return "The threshold could not be judged.";
    if (unjudged > 0) return `${unjudged} of ${counted(thresholds.length, "threshold")} could not be judged.`;
    return "The run did not go to its end.";
  },
  none: (summary) =>
    `${summary.thresholds.length === 0 ? "The plan has no thresholds." : "The thresholds were not judged."} ${seen(summary)}`,
};

/** Reasons that a line of the summary tells in full at its own place. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  "GENERATOR_LIMITED",
  "THRESHOLD_CROSSED",
  "THRESHOLD_WITHOUT_DATA",
  "RUN_KILLED",
]);

/** What the run saw, for a run that judges nothing. */
function seen({ total }: Summary): string {
  const { errors, ended } = errorsOf(total);
  if (ended === 0) return "No request ended.";
  const figures = [`errors ${formatShare(errors / ended)}`];
  for (const [title, metric] of [
    ["response", total.metrics.response],
    ["first token", total.metrics.ttft],
  ] as const) {
    const statistic = metric?.p95 === undefined ? "p50" : "p95";
    if (metric?.[statistic] !== undefined) figures.unshift(`${title} ${statistic} ${latency(metric, statistic)}`);
  }
  return `Seen: ${figures.join(", ")} (n = ${formatCount(ended)}).`;
}

export const verdict: Section = (summary, { width, paint, limitIsTold }) => {
  const early = earlyEnd(summary);
  const isTold = limitIsTold && summary.verdict === "cannot-tell";
  const heads = isTold ? [] : [{ ...VERDICTS[summary.verdict], sentence: SENTENCES[summary.verdict](summary) }];
  if (early !== undefined) heads.unshift(early);
  const lines = heads.flatMap(({ word, style, sentence }) => {
    const [first = "", ...more] = wrap(`${word}  ${sentence}`, width, "  ", "");
    return [paint(word, "bold", style) + first.slice(word.length), ...more];
  });
  for (const { code, message } of early === undefined ? summary.reasons : summary.reasons.slice(1))
    if (!TOLD_ELSEWHERE.has(code)) lines.push(...wrap(plain(message), width, "  "));
  if (summary.verdict === "none" && summary.generator.limited)
    lines.push(...wrap("The load generator limited this run; why is told below.", width, "  "));
  if (!summary.run.complete) {
    lines.push(
      ...wrap("The run was killed before its end; these are the figures of what its folder holds.", width, "  "),
    );
  }
  const { run, plan, total } = summary;
  const started = run.startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
  const facts = [
    plain(plan.name),
    `${started}, ${formatLatency(run.duration)}`,
    `${counted(total.sessions, "session")}, ${counted(total.attempts, "request")}`,
    `plan ${plan.hash.slice(0, 8)}`,
    `seed ${plan.seed}`,
    ...(run.distant === undefined ? [] : [`round trips added at the client for ${run.distant.map(plain).join(", ")}`]),
    ...simulatedFacts(run.simulated),
  ];
  return [...lines, ...wrapFacts(facts, width).map((line) => paint(line, "dim"))];
};

function simulatedFacts(simulated: Summary["run"]["simulated"]): string[] {
  if (simulated === undefined) return [];
  const { stack, hash, seed, weaknesses } = simulated;
  const planted = weaknesses.length === 0 ? [] : [`with ${weaknesses.map(plain).join(", ")}`];
  return [`simulated on ${plain(stack)}`, ...planted, `stack ${hash.slice(0, 8)}`, `stack seed ${seed}`];
}

/** Facts joined by dots; a line breaks between facts, never inside one. */
function wrapFacts(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const fact of facts) {
    const joined = line === "" ? fact : `${line} · ${fact}`;
    if (displayWidth(joined) > width && line !== "") {
      lines.push(fit(line, width));
      line = fact;
    } else line = joined;
  }
  return [...lines, fit(line, width)];
}
