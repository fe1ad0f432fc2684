import type { Dialect } from "./dialect.ts";
import { NOWHERE, USUAL_ERROR } from "./own-stream.ts";
import { wantedPaths } from "./slots.ts";
import { compileTemplate } from "./template.ts";

/** One JSON body an answer. It is not streamed, so it has no first-token time. */
export const httpJson: Dialect = {
  name: "http-json",
  prepare(target) {
    const { events = NOWHERE } = target;
    return {
      url: new URL(target.url),
      rules: {
        form: "json",
        paths: wantedPaths({
          token: events.token,
          reasoning: events.reasoning,
          usage: events.usage,
          finish: events.done,
          error: events.error ?? USUAL_ERROR,
          model: events.model,
        }),
        plain: false,
        finishEnds: false,
        needsFinish: false,
        countsUsage: events.usage !== undefined,
      },
      body: target.request === undefined ? () => undefined : compileTemplate(target.request),
    };
  },
};
