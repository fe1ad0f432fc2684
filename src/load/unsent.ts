import { randomStream } from "../base/index.ts";
import type { TurnRequest } from "../protocols/index.ts";
import type { SessionScript } from "../workload/index.ts";
import type { SessionHost } from "./session-host.ts";

/** The request of a turn; `messages` is the conversation so far, the turn's prompt last. */
export function requestOf(
  { plan }: Pick<SessionHost, "plan">,
  script: SessionScript,
  turn: number,
  attempt: number,
  messages: TurnRequest["messages"],
): TurnRequest {
  const { session, persona } = script;
  const asked = script.turns[turn];
  const trace = randomStream(plan.seed, "trace", session, turn, attempt);
  return {
    sessionId: String(session),
    turn,
    attempt,
    persona: plan.workload.personas[persona]?.name ?? "",
    prompt: asked?.prompt ?? "",
    messages,
    maxTokens: asked?.maxTokens,
    ...(asked?.tools === undefined ? {} : { tools: asked.tools }),
    ...(asked?.responseFormat === undefined ? {} : { responseFormat: asked.responseFormat }),
    traceId: [trace.uint32(), trace.uint32(), trace.uint32(), trace.uint32()],
  };
}

/**
 * The row of a turn whose user waited and never got to ask: the wait is a lower bound of a response time, and it must not be missing from
 * the percentiles. A user whose patience has run out by `now` left then; any other waited until now.
 */
export function writeUnsent(host: SessionHost, script: SessionScript, index: number, scheduledAt: number): void {
  const turn = script.turns[index];
  if (turn === undefined) return;
  const { rows, stages, clock } = host;
  const { session, persona } = script;
  const stage = stages.indexAt(scheduledAt);
  const now = clock.now();
  const leftAt = scheduledAt + turn.patience;
  const exchange = rows.claim(stage, persona, session, index);
  exchange.outcome = leftAt <= now ? "abandoned" : "cancelled";
  exchange.reason = "not-sent";
  exchange.endAt = Math.min(leftAt, now);
  const request = requestOf(host, script, index, 0, []);
  rows.write(exchange, { request, turn, stage, persona, session, scheduledAt, dueAt: scheduledAt, inFlight: -1 });
  rows.release(exchange);
}
