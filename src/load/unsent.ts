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
  const { session, persona, turns } = script;
  const trace = randomStream(plan.seed, "trace", session, turn, attempt);
  return {
    sessionId: String(session),
    turn,
    attempt,
    persona: plan.workload.personas[persona]?.name ?? "",
    prompt: turns[turn]?.prompt ?? "",
    messages,
    maxTokens: turns[turn]?.maxTokens,
    traceId: [trace.uint32(), trace.uint32(), trace.uint32(), trace.uint32()],
  };
}

/**
 * The row of a session whose user waited for a free place and never got to ask: its wait is a lower bound of a response time, and it must not
 * be missing from the percentiles.
 */
export function writeUnsent(
  host: SessionHost,
  script: SessionScript,
  scheduledAt: number,
  end: { readonly outcome: "cancelled" | "abandoned"; readonly endAt: number },
): void {
  const turn = script.turns[0];
  if (turn === undefined) return;
  const { rows, stages, plan } = host;
  const stage = stages.indexAt(scheduledAt);
  const exchange = rows.claim(stage, script.persona, script.session, 0);
  exchange.outcome = end.outcome;
  exchange.reason = "not-sent";
  exchange.endAt = end.endAt;
  const request = requestOf({ plan }, script, 0, 0, []);
  const { session, persona } = script;
  rows.write(exchange, { request, turn, stage, persona, session, scheduledAt, dueAt: scheduledAt, inFlight: -1 });
  rows.release(exchange);
}
