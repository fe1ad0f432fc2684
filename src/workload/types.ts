import type { ContentPart, ResponseFormat, ToolCall, ToolDefinition } from "../protocols/index.ts";

/**
 * What the workload yields. All of it follows from plan and seed alone: the same on any number of workers, whatever the target does.
 */

/** One session as the process calls for it. */
export interface Arrival {
  /** Open stages: 0, 1, 2, ... over the whole run. */
  readonly session: number;
  /** Intended start, ms from the run's start. */
  readonly at: number;
  /** Index into `plan.stages`. */
  readonly stage: number;
}

/** Everything that one session will do, drawn before it begins. */
export interface SessionScript {
  readonly session: number;
  /** Index into `plan.workload.personas`. */
  readonly persona: number;
  readonly system: string | undefined;
  readonly tenant?: string;
  readonly region?: string;
  /** ms of a round trip that the client adds to each request; absent: none. */
  readonly rtt?: number;
  /** Where it asks, in place of the target's URL. */
  readonly url?: string;
  readonly turns: readonly TurnScript[];
  /** Sessions that the user has at once; a tab beside the first, and whoever comes back, has no more of its own. */
  readonly tabs: number;
  /** The user comes back so many ms after this session's end. */
  readonly returns?: ReturnScript;
}

/** Intended starts, ms from the run's start. */
export interface SessionTimes {
  /** Of the user's first session. */
  readonly came: number;
  readonly at: number;
}

export interface ReturnScript {
  /** Number of the session that the user then begins. */
  readonly session: number;
  readonly after: number;
  /** With the conversation so far. */
  readonly warm: boolean;
}

/** What a user does beside asking on. */
export type Move = "regenerate" | "edit" | "retry";

export interface TurnScript {
  readonly promptId: string;
  /** The text of `content`. */
  readonly prompt: string;
  /** What the user says: a text, or a text with images and sound. */
  readonly content: string | readonly ContentPart[];
  readonly tools?: readonly ToolDefinition[];
  readonly responseFormat?: ResponseFormat;
  /** The exact answer, where the prompt knows it. */
  readonly answer?: string;
  /** ms between the end of the previous answer and this question; 0 for the first. */
  readonly think: number;
  /** Intended time of a recorded turn, ms from the run's start: it is asked then, or once the answer before it has ended. Absent: after `think`. */
  readonly at?: number;
  /** ms; Infinity: for ever. */
  readonly patience: number;
  /** ms that the user waits for more of an answer that has begun; Infinity: for ever. */
  readonly stallPatience: number;
  readonly maxTokens: number | undefined;
  /** Asked in place of an earlier turn of the script: the conversation goes on from before that one. */
  readonly instead?: { readonly of: number; readonly move: "regenerate" | "edit" };
  /** What the agent's helpers are asked, each by one. */
  readonly helpers?: readonly TurnScript[];
  /** The user stops the answer. */
  readonly stop?: { readonly events: number; readonly after: number };
  /** ms that the user waits before each time that it asks again by hand; as many as it would. */
  readonly retries: readonly number[];
}

/** A length as the plan states it, and draws of it. */
export interface LengthFound {
  /** `workload.personas[0].prompts.synthetic.tokens` */
  readonly path: string;
  /** Tokens, by the law itself. */
  readonly asked: { readonly mean: number; readonly p50: number; readonly p95: number };
  /** A text whose tokens are to be counted, or where there is none, a count. The n-th is always the same. */
  draw(n: number): string | number;
}

/** What a persona asks, in a line for people: `faq, a built-in set of 60 prompts`. */
export interface PromptsFound {
  readonly persona: string;
  readonly says: string;
}

/** Where in a session an agent stands. */
export interface AgentStep {
  readonly session: number;
  readonly turn: number;
  /** 0: the agent itself; its helpers from 1. */
  readonly agent: number;
  /** Model call of the turn, from 0. */
  readonly step: number;
}

/** What comes back between two model calls, and after how many ms. */
export interface ToolResult {
  readonly wait: number;
  readonly content: string;
}

/** What stands behind an agent: the same answers to the same calls, whatever else happens. */
export interface AgentPlay {
  readonly maxSteps: number;
  readonly parallel: boolean;
  /** Model calls of a turn whose loop is simulated; undefined: the model's tool calls decide. */
  steps(at: Omit<AgentStep, "step">): number | undefined;
  /** `nth`: of the calls of one answer. */
  answer(call: ToolCall, at: AgentStep, nth: number): ToolResult;
  /** What follows a simulated call. */
  result(at: AgentStep): ToolResult;
}

/** A plan's workload, loaded: prompts read, tables built. Pure from here on. */
export interface Workload {
  /** Intended starts of the open stages, in order of time; lazy, never all in memory. */
  arrivals(): IterableIterator<Arrival>;
  /** `times`: when it begins, where regions depend on it; left out: with the run. */
  session(session: number, times?: SessionTimes): SessionScript;
  /** By persona; undefined: its users ask for themselves. */
  readonly agents: readonly (AgentPlay | undefined)[];
  /** ms that a closed user thinks between the end of one session and this one; drawn from the session's persona's `think`. */
  pauseBefore(session: number): number;
  /** Users that a closed stage wants at a time (ms from the run's start): an integer; 0 in an open stage. */
  usersAt(at: number): number;
  /** Most users that any closed stage wants. A closed user's n-th session is number `firstClosedSession + n * maxClosedUsers + user`. */
  readonly maxClosedUsers: number;
  readonly firstClosedSession: number;
  /** Sessions a second that an open stage asks for at a time. */
  rateAt(at: number): number;
  /** Sessions that can be drawn: the first ones alone where a list may be used but once, else Infinity. */
  readonly drawable: number;
  readonly prompts: readonly PromptsFound[];
  readonly lengths: readonly LengthFound[];
  /** Open sessions expected between two times (the integral of the rate). */
  expectedSessions(from: number, to: number): number;
}
