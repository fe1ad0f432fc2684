import type { SessionScript, TurnScript } from "../workload/index.ts";

/** Where in a session a model is asked. */
export interface AskPlace {
  readonly script: SessionScript;
  /** Index of the turn. */
  readonly index: number;
  readonly turn: TurnScript;
  /** 0: the user, or its agent; the agent's helpers from 1. */
  readonly agent: number;
  /** Model call of the turn and agent, from 0. */
  readonly step: number;
}
