import type { Exchange, ToolCall } from "./types.ts";

/** What an exchange without tool calls holds. */
export const NO_CALLS: readonly ToolCall[] = [];

/** An exchange about to be sent: nothing happened, nothing was said. */
export function newExchange(): Exchange {
  return new EmptyExchange();
}

/** Makes a used exchange as good as new; what the user would do, `gaps` and `gapLog` go back to none as well. */
export function resetExchange(exchange: Exchange): void {
  exchange.startedAt = Number.NaN;
  exchange.dialledAt = Number.NaN;
  exchange.connectedAt = Number.NaN;
  exchange.sentAt = Number.NaN;
  exchange.firstByteAt = Number.NaN;
  exchange.headersAt = Number.NaN;
  exchange.firstTokenAt = Number.NaN;
  exchange.firstAnswerAt = Number.NaN;
  exchange.lastTokenAt = Number.NaN;
  exchange.endAt = Number.NaN;
  exchange.stall = Number.NaN;
  exchange.stallCount = 0;
  exchange.events = 0;
  exchange.sharedEvents = 0;
  exchange.outcome = undefined;
  exchange.reason = undefined;
  exchange.status = -1;
  exchange.finishReason = undefined;
  exchange.inputTokens = -1;
  exchange.cachedTokens = -1;
  exchange.outputTokens = -1;
  exchange.reasoningTokens = -1;
  exchange.bytesIn = 0;
  exchange.bytesOut = 0;
  exchange.reconnects = 0;
  exchange.model = undefined;
  exchange.fingerprint = undefined;
  exchange.replica = undefined;
  exchange.retryAfter = Number.NaN;
  exchange.remainingRequests = Number.NaN;
  exchange.remainingTokens = Number.NaN;
  exchange.responseId = undefined;
  exchange.toolCalls = NO_CALLS;
  exchange.text = "";
  exchange.textHash = 0n;
  exchange.patience = Number.POSITIVE_INFINITY;
  exchange.stallPatience = Number.POSITIVE_INFINITY;
  exchange.stopEvents = Number.POSITIVE_INFINITY;
  exchange.stopAfter = Number.POSITIVE_INFINITY;
  exchange.timeouts = undefined;
  exchange.reader = undefined;
  exchange.gaps = undefined;
  exchange.gapLog = undefined;
}

/** Gaps of this many ms and more count as stalls. */
const STALL = 1000;

/** Takes a gap (ms) between two reads of an answer into the stalls. */
export function noteGap(exchange: Exchange, ms: number): void {
  if (!(ms <= exchange.stall)) exchange.stall = ms;
  if (ms >= STALL) exchange.stallCount++;
}

/** The silence that ended an answer is its last gap: since the last token, and where there was none, since the last read. */
export function noteSilence(exchange: Exchange, lastReadAt: number, at: number): void {
  noteGap(exchange, at - (Number.isNaN(exchange.lastTokenAt) ? lastReadAt : exchange.lastTokenAt));
}

/** Every field in one order, so that all exchanges share one shape. */
class EmptyExchange implements Exchange {
  startedAt = Number.NaN;
  dialledAt = Number.NaN;
  connectedAt = Number.NaN;
  sentAt = Number.NaN;
  firstByteAt = Number.NaN;
  headersAt = Number.NaN;
  firstTokenAt = Number.NaN;
  firstAnswerAt = Number.NaN;
  lastTokenAt = Number.NaN;
  endAt = Number.NaN;
  stall = Number.NaN;
  stallCount = 0;
  events = 0;
  sharedEvents = 0;
  outcome: Exchange["outcome"] = undefined;
  reason: string | undefined = undefined;
  status = -1;
  finishReason: string | undefined = undefined;
  inputTokens = -1;
  cachedTokens = -1;
  outputTokens = -1;
  reasoningTokens = -1;
  bytesIn = 0;
  bytesOut = 0;
  reconnects = 0;
  model: string | undefined = undefined;
  fingerprint: string | undefined = undefined;
  replica: string | undefined = undefined;
  retryAfter = Number.NaN;
  remainingRequests = Number.NaN;
  remainingTokens = Number.NaN;
  responseId: string | undefined = undefined;
  toolCalls: readonly ToolCall[] = NO_CALLS;
  text = "";
  textHash = 0n;
  patience = Number.POSITIVE_INFINITY;
  stallPatience = Number.POSITIVE_INFINITY;
  stopEvents = Number.POSITIVE_INFINITY;
  stopAfter = Number.POSITIVE_INFINITY;
  timeouts: Exchange["timeouts"] = undefined;
  reader: Exchange["reader"] = undefined;
  gaps: Exchange["gaps"] = undefined;
  gapLog: number[] | undefined = undefined;
}
