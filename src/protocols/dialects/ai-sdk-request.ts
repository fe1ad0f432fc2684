import type { Target } from "../../plan/index.ts";
import type { TurnRequest } from "../types.ts";
import { uiMessages } from "./ai-sdk-messages.ts";
import { compileTemplate } from "./template.ts";

/** What `useChat` sends, with the plan's `parameters` beside it; or the plan's own body. */
export function aiSdkBody({ request, parameters }: Target): (turn: TurnRequest) => string {
  if (request !== undefined) return compileTemplate(request);
  return ({ sessionId, messages }) =>
    JSON.stringify({ id: sessionId, messages: uiMessages(messages), trigger: "submit-message", ...parameters });
}
