import type { Plan } from "../../plan/index.ts";
import { audioTokens, imageTokens } from "../../twin/index.ts";
import type { SessionScript, TurnScript, Workload } from "../../workload/index.ts";

/** Sessions that are drawn to learn what a session asks; they are the first ones of the run itself. */
const DRAWN = 200;
/** ms that an answer is taken to last unless told otherwise. */
export const ANSWER_TIME = 5_000;
/** Points of a load curve. */
const POINTS = 24;
/** Characters a token, the usual rule of thumb for English. */
const CHARACTERS = 4;

export interface StageEstimate {
  readonly name: string;
  readonly kind: string;
  /** ms from the run's start. */
  readonly from: number;
  readonly duration: number;
  readonly unit: "sessions/s" | "users";
  /** Load at even steps through the stage, in the stage's unit. */
  readonly load: readonly number[];
  readonly sessions: number;
}

export interface Estimate {
  readonly stages: readonly StageEstimate[];
  readonly duration: number;
  readonly sessions: number;
  readonly requests: number;
  readonly turnsPerSession: number;
  readonly drawnSessions: number;
  /** ms that an answer is assumed to take: nothing was sent. */
  readonly answerTime: number;
  /** By Little's law: arrivals a second times the time that each stays. */
  readonly sockets: { readonly peak: number; readonly most: number };
  readonly tokens: {
    readonly input: number;
    /** Whether earlier answers count in the input of later turns. */
    readonly answersInHistory: boolean;
    /** Absent where some turn has no `maxTokens`. */
    readonly outputAtMost?: number;
  };
  readonly cost: { readonly atMost?: number; readonly why: string };
}

/** ms inside the stage: its very end is already the next one's beginning. */
const INSET = 0.5;

function round(load: number): number {
  return Math.round(load * 1000) / 1000;
}

interface Session {
  readonly turns: number;
  readonly think: number;
  readonly input: number;
  /** NaN where a turn has no limit. */
  readonly output: number;
  readonly limited: boolean;
}

function sessionOf(script: SessionScript): Session {
  let history = (script.system ?? "").length / CHARACTERS;
  let input = 0;
  let output = 0;
  let think = 0;
  let limited = true;
  for (const turn of script.turns) {
    history += contentTokens(turn);
    input += history + toolTokens(turn);
    think += turn.think;
    if (turn.maxTokens === undefined) limited = false;
    else {
      output += turn.maxTokens;
      history += turn.maxTokens;
    }
  }
  return { turns: script.turns.length, think, input, output, limited };
}

/** Pictures and sounds count as the twin's models count them. */
function contentTokens({ prompt, content }: TurnScript): number {
  let tokens = prompt.length / CHARACTERS;
  if (typeof content === "string") return tokens;
  for (const part of content) {
    if (part.type === "image") tokens += imageTokens(part.data ?? part.url ?? "");
    else if (part.type === "audio") tokens += audioTokens(part.data);
  }
  return tokens;
}

/** Tools come with every request, and stand in its prompt once. */
function toolTokens({ tools }: TurnScript): number {
  return tools === undefined ? 0 : JSON.stringify(tools).length / CHARACTERS;
}

function average(sessions: readonly Session[], of: (session: Session) => number): number {
  return sessions.reduce((sum, session) => sum + of(session), 0) / Math.max(1, sessions.length);
}

/** The first sessions of a run. */
export function scriptsOf(workload: Workload): readonly SessionScript[] {
  return Array.from({ length: Math.min(DRAWN, workload.drawable) }, (_, index) => workload.session(index));
}

/** What a plan would do, from the plan and its workload alone; `answerTime` in ms stands in for the target. */
export function estimate(plan: Plan, workload: Workload, answerTime: number): Estimate {
  const drawn = scriptsOf(workload).map(sessionOf);
  const turns = average(drawn, (session) => session.turns);
  const sessionTime = turns * answerTime + average(drawn, (session) => session.think);

  const stages = plan.stages.map((stage): StageEstimate => {
    const { name, kind, from, duration, unit } = stage;
    const at = unit === "users" ? workload.usersAt : workload.rateAt;
    const load = Array.from({ length: POINTS }, (_, index) =>
      round(at(from + INSET + ((duration - 2 * INSET) * index) / (POINTS - 1))),
    );
    const users = load.reduce((sum, value) => sum + value, 0) / POINTS;
    const sessions =
      unit === "users"
        ? Math.min(
            (users * duration) / Math.max(1, sessionTime),
            ((stage.rate ?? Number.POSITIVE_INFINITY) * duration) / 1000,
          )
        : workload.expectedSessions(from, from + duration);
    return { name, kind, from, duration, unit, load, sessions };
  });

  const sessions = stages.reduce((sum, stage) => sum + stage.sessions, 0);
  const requests = sessions * turns;
  const peak = Math.max(
    0,
    ...stages.map(({ unit, load }) => Math.max(0, ...load) * (unit === "users" ? 1 : (turns * answerTime) / 1000)),
  );
  const limited = drawn.every((session) => session.limited);
  const input = sessions * average(drawn, (session) => session.input);
  const outputAtMost = limited ? sessions * average(drawn, (session) => session.output) : undefined;
  return {
    stages,
    duration: stages.reduce((end, stage) => Math.max(end, stage.from + stage.duration), 0),
    sessions,
    requests,
    turnsPerSession: turns,
    drawnSessions: drawn.length,
    answerTime,
    sockets: { peak: Math.ceil(Math.min(peak, plan.target.connections.max)), most: plan.target.connections.max },
    tokens: { input, answersInHistory: limited, ...(outputAtMost === undefined ? {} : { outputAtMost }) },
    cost: costOf(plan, input, outputAtMost, requests),
  };
}

function costOf(
  { prices, budget }: Plan,
  input: number,
  output: number | undefined,
  requests: number,
): Estimate["cost"] {
  const limit = budget.cost;
  const stops = limit === undefined ? undefined : { atMost: limit, why: "the budget, at which the run stops" };
  if (prices === undefined) return stops ?? { why: "the plan has no prices" };
  if (output === undefined) return stops ?? { why: "some turns have no maxTokens, so their answers have no bound" };
  const priced = input * prices.input + output * Math.max(prices.output, prices.reasoning) + requests * prices.request;
  if (stops !== undefined && stops.atMost < priced) return stops;
  return { atMost: priced, why: "if every answer reaches its maxTokens, at the estimated input tokens" };
}
