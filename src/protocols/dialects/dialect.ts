import type { ProtocolName, Target } from "../../plan/index.ts";
import { type PathStep, parsePath, type WantedPath } from "../skim/index.ts";
import type { TurnRequest } from "../types.ts";
import { USAGE_NAMES, usagePaths } from "./usage.ts";

/** How to ask, and how to read what comes back. One file each; `table.ts` lists them. */
export interface Dialect {
  readonly name: ProtocolName;
  /** @throws PlimsollError for a plan's path or placeholder that cannot be read */
  prepare(target: Target): PreparedDialect;
}

export interface PreparedDialect {
  readonly url: URL;
  readonly rules: AnswerRules;
  /** The request's body, undefined for none. */
  body(turn: TurnRequest): string | undefined;
}

/** Where to look in an event (of a stream) or in the body (of one JSON answer). */
export interface AnswerRules {
  readonly form: "sse" | "json";
  readonly paths: readonly WantedPath[];
  /** The data of an event is the token itself, as plain text. */
  readonly plain: boolean;
  /** An event with a finish ends the answer (usage may follow it); otherwise `[DONE]` or the body's end does. */
  readonly finishEnds: boolean;
  /** A stream that ends without finish and without `[DONE]` was severed. */
  readonly needsFinish: boolean;
  readonly countsUsage: boolean;
}

/** What is looked for, by the number under which the skimmer reports it. Usage counts follow, one for each of USAGE_NAMES. */
export const SLOT = {
  token: 0,
  refusal: 1,
  reasoning: 2,
  reasoningOther: 3,
  toolCalls: 4,
  functionCall: 5,
  finish: 6,
  error: 7,
  object: 8,
  model: 9,
  fingerprint: 10,
  usage: 11,
  responseId: 12,
  /** Of the first tool call in the event; `moreCalls` is filled where there is a second. */
  callIndex: 13,
  callId: 14,
  callName: 15,
  callArguments: 16,
  moreCalls: 17,
} as const;
export const FIRST_USAGE_SLOT = 18;
export const SLOTS = FIRST_USAGE_SLOT + USAGE_NAMES.length;

export type SlotName = keyof typeof SLOT;

/** The wanted paths of a dialect; a usage path brings the usual names below it. */
export function wantedPaths(paths: { readonly [slot in SlotName]?: string | undefined }): readonly WantedPath[] {
  const wanted: WantedPath[] = [];
  const add = (slot: number, steps: readonly PathStep[]): void => {
    wanted.push({ slot, steps });
  };
  for (const slot of Object.keys(SLOT)) {
    if (!isSlotName(slot)) continue;
    const path = paths[slot];
    if (path === undefined) continue;
    const steps = parsePath(path);
    add(SLOT[slot], steps);
    if (slot === "usage") for (const [i, below] of usagePaths(steps).entries()) add(FIRST_USAGE_SLOT + i, below);
  }
  return wanted;
}

function isSlotName(name: string): name is SlotName {
  return Object.hasOwn(SLOT, name);
}
