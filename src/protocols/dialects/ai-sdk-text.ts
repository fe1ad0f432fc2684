import { completeUrl } from "../../base/index.ts";
import { aiSdkBody } from "./ai-sdk-request.ts";
import type { AnswerRules, Dialect } from "./dialect.ts";
import { STREAM_RULES } from "./rules.ts";

const RULES: AnswerRules = { ...STREAM_RULES, form: "text", needsFinish: false, countsUsage: false };

/** The Vercel AI SDK's text stream: the answer's text as it comes, nothing else. An event is what one read of the socket brings. */
export const aiSdkText: Dialect = {
  name: "ai-sdk-text",
  prepare: (target) => ({
    url: completeUrl(new URL(target.url), "ai-sdk-text"),
    rules: RULES,
    body: aiSdkBody(target),
  }),
};
