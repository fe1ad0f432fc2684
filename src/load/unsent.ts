import { randomStream } from "../base/index.ts";
import type { TurnRequest } from "../protocols/index.ts";
import type { AskPlace } from "./ask-place.ts";
import type { Conversation } from "./conversation.ts";
import type { SessionHost } from "./session-host.ts";

/** The request of a turn; `talk` is the conversation so far, the turn's prompt last. */
export function requestOf(
  { plan }: Pick<SessionHost, "plan">,
  { script, index, turn, agent, step }: AskPlace,
  attempt: number,
  { messages, previousId }: Pick<Conversation, "messages" | "previousId">,
): TurnRequest {
  const { session, persona } = script;
  const within = agent > 0 || step > 0 ? [agent, step] : [];
  const trace = randomStream(plan.seed, "trace", session, index, attempt, ...within);
  return {
    sessionId: String(session),
    turn: index,
    attempt,
    persona: plan.workload.personas[persona]?.name ?? "",
    ...(script.tenant === undefined ? {} : { tenant: script.tenant }),
    ...(script.region === undefined ? {} : { region: script.region }),
    ...(script.rtt === undefined ? {} : { rtt: script.rtt }),
    ...(script.url === undefined ? {} : { url: script.url }),
    prompt: turn.prompt,
    messages,
    maxTokens: turn.maxTokens,
    ...(turn.tools === undefined ? {} : { tools: turn.tools }),
    ...(turn.responseFormat === undefined ? {} : { responseFormat: turn.responseFormat }),
    ...(previousId === undefined ? {} : { previousId }),
    traceId: [trace.uint32(), trace.uint32(), trace.uint32(), trace.uint32()],
  };
}

const NOTHING_SAID = { messages: [], previousId: undefined };

/**
 * The row of a turn whose user waited and never got to ask: the wait is a lower bound of a response time, and it must not be missing from
 * the percentiles. A user whose patience has run out by `now` left then; any other waited until now.
 */
export function writeUnsent(host: SessionHost, place: AskPlace, scheduledAt: number): void {
  const { rows, stages, clock } = host;
  const { script, index, turn } = place;
  const stage = stages.indexAt(scheduledAt);
  const now = clock.now();
  const leftAt = scheduledAt + turn.patience;
  const exchange = rows.claim(stage, script.persona, script.session, index);
  exchange.outcome = leftAt <= now ? "abandoned" : "cancelled";
  exchange.reason = "not-sent";
  exchange.endAt = Math.min(leftAt, now);
  const request = requestOf(host, place, 0, NOTHING_SAID);
  rows.write(exchange, {
    request,
    place,
    move: turn.instead?.move,
    stage,
    scheduledAt,
    dueAt: scheduledAt,
    inFlight: -1,
  });
  rows.release(exchange);
}
