import type { z } from "zod";
import type { Path } from "../path.ts";
import type { personaSchema } from "../schema/workload.ts";
import {
  type AgentPlan,
  type Distribution,
  MOST_TABS,
  type Persona,
  type StopPlan,
  type Target,
  type UserRetryPlan,
} from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { checkDistribution, readPrompts } from "./prompts.ts";

type Written = z.output<typeof personaSchema>;

type Behaviour = Pick<
  Persona,
  | "think"
  | "thinkReading"
  | "patience"
  | "stallPatience"
  | "reading"
  | "retry"
  | "regenerate"
  | "edit"
  | "stop"
  | "tabs"
  | "returns"
  | "timeouts"
  | "agent"
>;

/** What a persona does beside asking; `timeouts` are the target's, which the persona's own stand in for one by one. */
export function readBehaviour(
  written: Written,
  path: Path,
  timeouts: Target["timeouts"] | undefined,
  ctx: Context,
): Behaviour {
  const { reading, regenerate, edit, returns } = written;
  const stop = written.stop && readStop(written.stop, path, ctx);
  if (written.tabs !== undefined) checkTabs(written.tabs, path, ctx);
  return {
    ...readThink(written.think, path, ctx),
    ...readPatience(written.patience),
    ...(reading === undefined ? {} : { reading }),
    ...(written.retry === undefined ? {} : { retry: readRetry(written.retry, path, ctx) }),
    ...(regenerate === undefined ? {} : { regenerate }),
    ...(edit === undefined ? {} : { edit }),
    ...(stop === undefined ? {} : { stop }),
    ...(written.tabs === undefined ? {} : { tabs: written.tabs }),
    ...(returns === undefined ? {} : { returns: { ...returns, history: returns.history ?? "warm" } }),
    ...(written.timeouts === undefined || timeouts === undefined
      ? {}
      : { timeouts: { ...timeouts, ...definedOf(written.timeouts) } }),
    ...(written.agent === undefined ? {} : { agent: readAgent(written.agent, [...path, "agent"], ctx) }),
  };
}

function readThink(written: Written["think"], path: Path, ctx: Context): Pick<Persona, "think" | "thinkReading"> {
  const none: Distribution = { kind: "fixed", value: 0 };
  if (written !== undefined && "read" in written) return { think: written.plus ?? none, thinkReading: written.read };
  return { think: orDefault<Distribution>(written, none, `workload.personas[${String(path[2])}].think`, "0s", ctx) };
}

function readPatience(written: Written["patience"]): Pick<Persona, "patience" | "stallPatience"> {
  if (written === undefined) return {};
  if ("kind" in written) return { patience: written };
  return {
    ...("firstToken" in written ? { patience: written.firstToken } : {}),
    ...(written.stall === undefined ? {} : { stallPatience: written.stall }),
  };
}

function readRetry(written: NonNullable<Written["retry"]>, path: Path, ctx: Context): UserRetryPlan {
  const at = `workload.personas[${String(path[2])}].retry`;
  return {
    share: orDefault(written.share, 1, `${at}.share`, "100%", ctx),
    times: orDefault(written.times, 1, `${at}.times`, "1", ctx),
    on: orDefault(
      written.on,
      ["refused", "failed", "rejected", "timeout"],
      `${at}.on`,
      "refused, failed, rejected, timeout",
      ctx,
    ),
    backoff: orDefault(written.backoff, 2_000, `${at}.backoff`, "2s", ctx),
    jitter: orDefault(written.jitter, 0, `${at}.jitter`, "0%", ctx),
  };
}

function readStop(written: NonNullable<Written["stop"]>, path: Path, ctx: Context): StopPlan | undefined {
  const { share, tokens, after } = written;
  if ((tokens === undefined) !== (after === undefined))
    return {
      share,
      ...(tokens === undefined ? {} : { tokens: checkDistribution(tokens, [...path, "stop", "tokens"], ctx) }),
      ...(after === undefined ? {} : { after }),
    };
  ctx.findings.fault({
    code: tokens === undefined ? "PLAN_MISSING" : "PLAN_CONFLICT",
    path: [...path, "stop"],
    message: tokens === undefined ? "when the user stops is missing" : "the user stops either way, not both",
    hint: "Write `tokens: 40`, or `after: 3s`.",
    bare: true,
  });
  return undefined;
}

const NO_WAIT: Distribution = { kind: "fixed", value: 0 };

function readAgent(written: NonNullable<Written["agent"]>, path: Path, ctx: Context): AgentPlan {
  const { tools = {}, parallel, maxSteps, steps, result = {}, fanOut } = written;
  const at = `workload.personas[${String(path[2])}].agent`;
  if (steps === undefined && fanOut === undefined && Object.keys(tools).length === 0)
    ctx.findings.fault({
      code: "PLAN_MISSING",
      path,
      message: "what the agent does is missing",
      hint: "Write `tools` that answer the model's calls, `steps` for a loop without them, or `fanOut`.",
      bare: true,
    });
  if (fanOut !== undefined) checkMost(fanOut.count, "an agent has at most", [...path, "fanOut", "count"], ctx);
  return {
    tools: Object.entries(tools).map(([name, { answer, wait, description, parameters }]) => ({
      name,
      answer,
      wait: wait ?? NO_WAIT,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    })),
    parallel: orDefault(parallel, true, `${at}.parallel`, "true", ctx),
    maxSteps: orDefault(maxSteps, 10, `${at}.maxSteps`, "10", ctx),
    ...(steps === undefined ? {} : { steps }),
    result: {
      tokens: checkDistribution(result.tokens ?? { kind: "fixed", value: 200 }, [...path, "result", "tokens"], ctx),
      wait: result.wait ?? NO_WAIT,
    },
    ...(fanOut === undefined
      ? {}
      : { fanOut: { count: fanOut.count, prompts: readPrompts(fanOut.prompts, [...path, "fanOut", "prompts"], ctx) } }),
  };
}

function checkTabs(tabs: Distribution, path: Path, ctx: Context): void {
  checkMost(tabs, "a user has at most", [...path, "tabs"], ctx);
}

function checkMost(of: Distribution, says: string, path: Path, ctx: Context): void {
  const most = of.kind === "fixed" ? of.value : of.kind === "uniform" ? of.max : 1;
  if (most <= MOST_TABS) return;
  const hint = "Lower it, or raise the load of the stages.";
  ctx.findings.fault({ code: "PLAN_RANGE", path, message: `${says} ${MOST_TABS} of them`, hint });
}

/** Without the fields that are not written. */
function definedOf(written: NonNullable<Written["timeouts"]>): Partial<Target["timeouts"]> {
  const { connect, firstToken, idle, total } = written;
  return {
    ...(connect === undefined ? {} : { connect }),
    ...(firstToken === undefined ? {} : { firstToken }),
    ...(idle === undefined ? {} : { idle }),
    ...(total === undefined ? {} : { total }),
  };
}
