import type { Outcome } from "../base/index.ts";
import type { Answer } from "./answer.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import type { Exchange } from "./types.ts";

/** How an attempt ended: what the record keeps. `reason` is raw: the caller redacts and clips it. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string | undefined;
}

/** The message came whole; or it broke, for a reason. */
export type MessageEnd = { readonly whole: true } | { readonly whole: false; readonly reason: string };

/** Judges a response whose final status has been read. */
export function judge(exchange: Exchange, answer: Answer, rules: AnswerRules, end: MessageEnd): Verdict {
  const status = exchange.status;
  if (status < 200 || status > 299) {
    const detail = answer.errorDetail;
    return {
      outcome: status >= 400 && status < 500 ? "rejected" : "failed",
      reason: detail === "" ? `http:${status}` : `http:${status} ${detail}`,
    };
  }
  if (answer.state.error !== undefined) return { outcome: "stream-error", reason: `error: ${answer.state.error}` };
  if (answer.state.fault !== "") {
    const detail = answer.errorDetail;
    return { outcome: "stream-error", reason: detail === "" ? answer.state.fault : `${answer.state.fault} ${detail}` };
  }
  if (answer.state.finished) return finished(exchange, answer, rules);
  if (!end.whole) return { outcome: "severed", reason: end.reason };
  if (answer.state.malformed > 0)
    return { outcome: "stream-error", reason: `malformed-event: ${answer.state.malformed}` };
  if (!answer.hasContent) return { outcome: "empty", reason: "no-content" };
  if (rules.needsFinish) return { outcome: "severed", reason: "no-finish" };
  return { outcome: "complete", reason: undefined };
}

function finished(exchange: Exchange, answer: Answer, rules: AnswerRules): Verdict {
  const reason = exchange.finishReason;
  const outcome = reason === undefined ? "complete" : rules.finishOutcome(reason);
  if (outcome === "filtered" || outcome === "resource") return { outcome, reason: `finish:${reason}` };
  if (!answer.hasContent) {
    return answer.state.malformed > 0
      ? { outcome: "stream-error", reason: `malformed-event: ${answer.state.malformed}` }
      : { outcome: "empty", reason: reason === undefined ? "no-content" : `no-content finish:${reason}` };
  }
  return { outcome, reason: outcome === "complete" ? undefined : `finish:${reason}` };
}
