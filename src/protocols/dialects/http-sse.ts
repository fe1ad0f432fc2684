import type { Dialect } from "./dialect.ts";
import { wantedPaths } from "./slots.ts";
import { compileTemplate } from "./template.ts";

/** Where an error lies in an event, unless the plan says otherwise: the shape that most servers have taken over. */
export const USUAL_ERROR = "$.error";

/** An application's own endpoint that streams server-sent events; the plan says what to send and where the tokens are. */
export const httpSse: Dialect = {
  name: "http-sse",
  prepare(target) {
    const { events } = target;
    const plain = events.token === "$";
    return {
      url: new URL(target.url),
      rules: {
        form: "sse",
        paths: wantedPaths({
          token: plain ? undefined : events.token,
          reasoning: events.reasoning,
          usage: events.usage,
          finish: events.done,
          error: events.error ?? USUAL_ERROR,
          model: events.model,
        }),
        plain,
        finishEnds: events.done !== undefined,
        needsFinish: events.done !== undefined,
        countsUsage: events.usage !== undefined,
      },
      body: target.request === undefined ? () => undefined : compileTemplate(target.request),
    };
  },
};
