import type { z } from "zod";
import type { Path } from "../path.ts";
import type { personaSchema } from "../schema/workload.ts";
import {
  type Distribution,
  MOST_TABS,
  type Persona,
  type StopPlan,
  type Target,
  type UserRetryPlan,
} from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { checkDistribution } from "./prompts.ts";

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
  const { firstToken, stall } = written;
  return {
    ...(firstToken === undefined ? {} : { patience: firstToken }),
    ...(stall === undefined ? {} : { stallPatience: stall }),
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

function checkTabs(tabs: Distribution, path: Path, ctx: Context): void {
  const most = tabs.kind === "fixed" ? tabs.value : tabs.kind === "uniform" ? tabs.max : 1;
  if (most <= MOST_TABS) return;
  ctx.findings.fault({
    code: "PLAN_RANGE",
    path: [...path, "tabs"],
    message: `a user has at most ${MOST_TABS} tabs`,
    hint: "Lower it, or raise the load of the stages.",
  });
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
