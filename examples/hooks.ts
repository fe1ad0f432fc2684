/**
 * What data cannot say: each user has a secret number of its own and asks for it again until the answer has it. Name the file in a plan, `hooks: ./hooks.ts`;
 * docs/HOOKS.md tells what hooks may do.
 */
import { defineHooks } from "plimsoll";

export const hooks = defineHooks({
  beforeSession({ session, state }) {
    state["number"] = 1000 + session;
    return { system: `The user's number is ${1000 + session}.` };
  },
  nextTurn({ turn, prompt, state }) {
    return { prompt: turn === 0 ? prompt : `Now add my number, ${String(state["number"])}, to your answer.` };
  },
  request({ turn }) {
    return turn === 0 ? undefined : { maxTokens: 32 };
  },
  answer({ text, state }) {
    return { end: text.includes(String(state["number"])) };
  },
});
