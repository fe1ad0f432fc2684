import type { HookSession } from "../plan/index.ts";
import type { Exchange, TurnRequest } from "../protocols/index.ts";
import type { SessionScript } from "../workload/index.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { SessionHost } from "./session-host.ts";

type Host = Pick<SessionHost, "plan" | "hooks">;

export function hookSession({ plan }: Host, hooks: HookRunner, { session, persona }: SessionScript): HookSession {
  return { session, persona: plan.workload.personas[persona]?.name ?? "", state: hooks.state(session) };
}

/** The request as the plan's hooks have it. */
export function hookedRequest(host: Host, script: SessionScript, request: TurnRequest): TurnRequest {
  const { hooks } = host;
  if (hooks?.has("request") !== true) return request;
  const { turn, attempt, prompt, maxTokens } = request;
  const told = hooks.call("request", { ...hookSession(host, hooks, script), turn, attempt, prompt, maxTokens });
  return told?.maxTokens === undefined ? request : { ...request, maxTokens: told.maxTokens };
}

/** Tells the plan's hooks how an attempt ended; true where they end the session. */
export function hookedAnswer(
  host: Host,
  script: SessionScript,
  { turn, attempt }: TurnRequest,
  ended: Exchange,
): boolean {
  const { hooks } = host;
  if (hooks?.has("answer") !== true) return false;
  const { outcome = "failed", status, text, toolCalls } = ended;
  const whose = hookSession(host, hooks, script);
  return (
    hooks.call("answer", { ...whose, turn, attempt, outcome, status: Math.max(0, status), text, toolCalls })?.end ===
    true
  );
}
