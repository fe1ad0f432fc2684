import { type PathStep, parsePath, type WantedPath } from "../skim/index.ts";
import { USAGE_NAMES, usagePaths } from "./usage.ts";

/** What is looked for in an event or a body, by the number under which it is found. Usage counts follow, one for each of USAGE_NAMES. */
export const SLOT = {
  token: 0,
  /** Text of the answer at another place, taken where `token` has none. */
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
  /** Of the first tool call in the event: how it is told from others, its id, its name, a piece of its arguments. */
  callIndex: 13,
  callId: 14,
  callName: 15,
  callArguments: 16,
  /** Filled where the event has a second tool call. */
  moreCalls: 17,
  /** All arguments of the call at once. */
  callInput: 18,
  /** Id of a call that the server has answered itself. */
  callAnswered: 19,
  /** An answer that is no text: a vector, an image. */
  content: 20,
  /** A whole answer, for the dialect's own reader. */
  whole: 21,
} as const;
export const FIRST_USAGE_SLOT = 22;
export const SLOTS = FIRST_USAGE_SLOT + USAGE_NAMES.length;

export type SlotName = keyof typeof SLOT;

/** Where the slots lie: a JSON path each; several where servers differ and no event has two of them. */
export type SlotPaths = { readonly [slot in SlotName]?: string | readonly string[] | undefined };

/**
 * The wanted paths of a dialect; a usage path brings the usual names below it.
 *
 * @throws PlimsollError PROTOCOL_BAD_PATH
 */
export function wantedPaths(paths: SlotPaths): readonly WantedPath[] {
  const wanted: WantedPath[] = [];
  const add = (slot: number, steps: readonly PathStep[]): void => {
    wanted.push({ slot, steps });
  };
  for (const slot of Object.keys(SLOT)) {
    if (!isSlotName(slot)) continue;
    const given = paths[slot];
    for (const path of typeof given === "string" ? [given] : (given ?? [])) {
      const steps = parsePath(path);
      add(SLOT[slot], steps);
      if (slot === "usage") for (const [i, below] of usagePaths(steps).entries()) add(FIRST_USAGE_SLOT + i, below);
    }
  }
  return wanted;
}

function isSlotName(name: string): name is SlotName {
  return Object.hasOwn(SLOT, name);
}
