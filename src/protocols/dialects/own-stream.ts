import type { AnswerPaths, ProtocolName } from "../../plan/index.ts";
import type { AnswerForm, Dialect } from "./dialect.ts";
import { wantedPaths } from "./slots.ts";
import { compileTemplate } from "./template.ts";

/** Where an error lies in an event, unless the plan says otherwise: the shape that most servers have taken over. */
export const USUAL_ERROR = "$.error";

/** A plan that is read has said where. */
export const NOWHERE: AnswerPaths = { token: "$" };

/** An application's own endpoint that streams events of JSON; the plan says what to send and where the tokens are. */
export function ownStream(name: ProtocolName, form: AnswerForm): Dialect {
  return {
    name,
    prepare(target) {
      const { events = NOWHERE } = target;
      const plain = (form === "sse" || form === "messages") && events.token === "$";
      return {
        url: new URL(target.url),
        rules: {
          form,
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
          oneMessage: form === "messages" && events.done === undefined,
          needsFinish: events.done !== undefined,
          countsUsage: events.usage !== undefined && (form !== "messages" || events.done !== undefined),
        },
        ...(form === "messages" ? { headers: upgradeHeaders(target.websocket?.subprotocols ?? []) } : {}),
        body: target.request === undefined ? () => undefined : compileTemplate(target.request),
      };
    },
  };
}

function upgradeHeaders(subprotocols: readonly string[]): Readonly<Record<string, string>> {
  return {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    ...(subprotocols.length === 0 ? {} : { "sec-websocket-protocol": subprotocols.join(", ") }),
  };
}
