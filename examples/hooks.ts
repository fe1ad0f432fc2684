/**
 * What data cannot say: each user has a secret number of its own and asks for it again until the answer has it.
 * The hooks may lie beside their plan, as here, or in a file that a plan names, `hooks: ./hooks.ts`; docs/HOOKS.md tells what they may do.
 */
import { defineHooks, definePlan } from "plimsoll";

export default definePlan({
  name: "users with a number",
  target: { url: "http://127.0.0.1:8400/v1", protocol: "openai-chat", model: "paced-1" },
  workload: { personas: [{ name: "user", prompts: "faq", turns: 4, think: "1s" }] },
  stages: [{ steady: "10s", at: "1/s" }],
});

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
