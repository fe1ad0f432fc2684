import type { Summary } from "../../analyse/index.ts";
import { EXIT } from "../../base/index.ts";
import { figure, formatLatency } from "../figures.ts";
import type { Style } from "../paint.ts";
import { plain } from "../text.ts";

type Verdict = Summary["verdict"];

export interface Headline {
  readonly word: string;
  readonly style: Style;
}

export const VERDICTS: Readonly<Record<Verdict, Headline>> = {
  pass: { word: "PASS", style: "green" },
  fail: { word: "FAIL", style: "red" },
  "cannot-tell": { word: "CAN'T TELL", style: "yellow" },
  none: { word: "NO VERDICT", style: "bold" },
};

/** Ends before the plan's end, by exit code; they are told before what the thresholds say. */
const EARLY: ReadonlyMap<number, Headline> = new Map([
  [EXIT.interrupted, { word: "INTERRUPTED", style: "yellow" }],
  [EXIT.guardAborted, { word: "STOPPED", style: "red" }],
  [EXIT.budgetSpent, { word: "BUDGET SPENT", style: "yellow" }],
]);

/** The word for an early end, and why and when it came; absent where the run went to its end. */
export function earlyEnd(summary: Summary): (Headline & { readonly sentence: string }) | undefined {
  const early = EARLY.get(summary.exitCode);
  if (early === undefined) return undefined;
  const when = `${formatLatency(summary.run.duration)} after its start`;
  const why = plain(summary.reasons[0]?.message ?? "The run ended before its plan did.");
  const by = summary.exitCode === EXIT.guardAborted ? "By a guard: " : "";
  return { ...early, sentence: `${by}${why} The run ended ${when}.` };
}

const PARTS = /^(.*?)\s*(<=|>=|==|!=|<|>)\s*(.*)$/;

/** `ttft.p95 985 ms, limit < 800ms` */
function crossing({ expression, observed, unit }: Summary["thresholds"][number]): string {
  const measured = observed === undefined ? "no data" : figure(observed, unit);
  const [, subject, operator, limit] = PARTS.exec(expression) ?? [];
  return plain(
    subject === undefined ? `${expression}: ${measured}` : `${subject} ${measured}, limit ${operator} ${limit}`,
  );
}

function why({ exitCode, reasons, thresholds }: Summary): string {
  const parts: string[] = [];
  const [reason] = reasons;
  if (exitCode !== EXIT.thresholdCrossed && exitCode !== EXIT.held && reason !== undefined)
    parts.push(plain(reason.message).replace(/\.$/, ""));
  const crossed = thresholds.filter(({ held }) => !held);
  const [first] = crossed;
  if (first !== undefined) parts.push(crossing(first) + (crossed.length > 1 ? `, and ${crossed.length - 1} more` : ""));
  else if (exitCode === EXIT.held && thresholds.length > 0)
    parts.push(thresholds.length === 1 ? "the threshold held" : `all ${thresholds.length} thresholds held`);
  else if (exitCode === EXIT.held) parts.push("the plan has no thresholds");
  return parts.join("; ");
}

/** One line that says how a run ended: `FAIL, exit code 99: ttft.p95 985 ms, limit < 800ms, and 1 more`. */
export function closingLine(summary: Summary): string {
  const words = [EARLY.get(summary.exitCode)?.word, VERDICTS[summary.verdict].word].filter(
    (word) => word !== undefined,
  );
  const cause = why(summary);
  return `${words.join(", ")}, exit code ${summary.exitCode}${cause === "" ? "" : `: ${cause}`}`;
}
