import type { Outcome } from "../base/index.ts";
import type { Answer } from "./answer.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import { finishOutcome } from "./dialects/finish.ts";
import { isServed } from "./status.ts";
import type { Exchange } from "./types.ts";
import type { Verdict } from "./verdict.ts";

/** The message came whole; or it broke, for a reason. */
export type MessageEnd = { readonly whole: true } | { readonly whole: false; readonly reason: string };

/** Judges a response whose final status has been read. */
export function judge(exchange: Exchange, answer: Answer, rules: AnswerRules, end: MessageEnd): Verdict {
  const status = exchange.status;
  if (!isServed(status)) {
    return refusedWith(status, answer.errorDetail);
  }
  if (answer.state.error !== undefined) return errorInStream(answer.state.error);
  if (answer.state.fault !== "") {
    const detail = answer.errorDetail;
    return { outcome: "stream-error", reason: detail === "" ? answer.state.fault : `${answer.state.fault} ${detail}` };
  }
  if (answer.state.finished) return finished(exchange, answer);
  if (!end.whole) return { outcome: "severed", reason: end.reason };
  if (answer.state.malformed > 0)
    return { outcome: "stream-error", reason: `malformed-event: ${answer.state.malformed}` };
  if (!answer.hasContent) return { outcome: "empty", reason: "no-content" };
  if (rules.needsFinish) return { outcome: "severed", reason: "no-finish" };
  return { outcome: "complete", reason: undefined };
}

function finished(exchange: Exchange, answer: Answer): Verdict {
  const reason = exchange.finishReason;
  const verdict = finishedWith(reason);
  if (NEEDS_NO_CONTENT.has(verdict.outcome) || answer.hasContent) return verdict;
  return answer.state.malformed > 0
    ? { outcome: "stream-error", reason: `malformed-event: ${answer.state.malformed}` }
    : { outcome: "empty", reason: reason === undefined ? "no-content" : `no-content finish:${reason}` };
}

/** Ends that say themselves why there is no content. */
const NEEDS_NO_CONTENT: ReadonlySet<Outcome> = new Set(["filtered", "resource", "stream-error"]);

/** An answer came to its end; undefined: without a finish reason. */
export function finishedWith(reason: string | undefined): Verdict {
  const outcome = reason === undefined ? "complete" : finishOutcome(reason);
  return { outcome, reason: outcome === "complete" ? undefined : `finish:${reason}` };
}

/** The server answered with a status other than 2xx; `detail`: what it said, "" where it said nothing. */
export function refusedWith(status: number, detail: string): Verdict {
  return {
    outcome: status >= 400 && status < 500 ? "rejected" : "failed",
    reason: detail === "" ? `http:${status}` : `http:${status} ${detail}`,
  };
}

/** The server told of an error inside an answer that had begun. */
export function errorInStream(error: string): Verdict {
  return { outcome: "stream-error", reason: `error: ${error}` };
}

/** The server closed the connection before it answered, and inside its answer. */
export const CLOSED_BEFORE_ANSWER = { outcome: "refused", reason: "closed-before-answer" } as const;
export const CLOSED_IN_BODY = { outcome: "severed", reason: "closed-in-body" } as const;

/** Whoever asked ended it. */
export const LEFT = {
  cancelled: { outcome: "cancelled", reason: "cancelled" },
  abandoned: { outcome: "abandoned", reason: "patience" },
  stalled: { outcome: "abandoned", reason: "patience:stall" },
  stopped: { outcome: "cancelled", reason: "stopped" },
} as const;
