import { PROTOCOL_TABLE } from "../../base/index.ts";
import type { Json, PlanInput } from "../../plan/index.ts";
import type { Question } from "./choose.ts";
import { beginsWithReference, reference, withFallbacks } from "./reference.ts";
import type { Left } from "./types.ts";

/** Headers that a client, a browser or the protocol writes by itself. */
const OWN =
  /^(?::.*|host|content-length|content-type|connection|accept(?:-encoding|-language)?|user-agent|origin|referer|priority|pragma|cache-control|te|dnt|keep-alive|transfer-encoding|upgrade(?:-insecure-requests)?|if-.*|sec-.*|proxy-connection|postman-token|x-stainless-.*|traceparent|tracestate|x-request-id|x-client-data)$/i;

type Target = PlanInput["target"];

/** The plan's target, from the requests of the endpoint that was chosen. */
export function targetOf(
  questions: readonly Question[],
): { readonly target: Target; readonly left: readonly Left[] } | undefined {
  const [first] = questions;
  if (first === undefined) return undefined;
  const left: Left[] = [];
  const { call, asked } = questions.find(({ call: { answer } }) => answer !== undefined) ?? first;
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !OWN.test(name)));
  const models = new Set(questions.map((question) => question.asked.model).filter((model) => model !== undefined));
  const model =
    asked.model ??
    [...models][0] ??
    (PROTOCOL_TABLE[asked.protocol].model === "model" ? reference("MODEL") : undefined);
  if (models.size > 1) {
    left.push({
      place: call.place,
      what: `models ${[...models].filter((name) => name !== model).join(", ")}: a plan asks for one`,
    });
  }
  if (asked.protocol === "langgraph" && asked.model === undefined)
    left.push({ place: call.place, what: "the assistant: none is named" });
  for (const what of asked.left) left.push({ place: call.place, what });
  left.push(...differing(questions, call.place));
  const { parameters, request, events } = asked;
  return {
    target: {
      url: absolute(call.url),
      protocol: asked.protocol,
      ...(model === undefined ? {} : { model }),
      ...(call.method === "PUT" || call.method === "PATCH" ? { method: call.method } : {}),
      ...(request === undefined ? {} : { request: writable(request) }),
      ...(parameters === undefined
        ? {}
        : {
            parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, writable(value)])),
          }),
      ...(events === undefined ? {} : { events }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    },
    left,
  };
}

/** A path without a host gets one from the environment. */
function absolute(url: string): string {
  if (/^https?:\/\//i.test(withFallbacks(url))) return url;
  // A reference in front is the host's.
  if (beginsWithReference(url)) return url;
  return `${reference("TARGET_URL")}${url.startsWith("/") ? "" : "/"}${url}`;
}

type Written = Exclude<Target["request"], undefined>;

/** The same data in the form that a plan is written in. */
function writable(value: Json): Written {
  if (Array.isArray(value)) return value.map((item: Json) => writable(item));
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, writable(item)]));
}

/** Parts in which requests to one endpoint differ though a plan has them once; the first that differs is named. */
function differing(questions: readonly Question[], place: string): Left[] {
  const parts: readonly (readonly [string, (question: Question) => unknown])[] = [
    [
      "headers",
      ({ call }) =>
        Object.entries(call.headers)
          .filter(([name]) => !OWN.test(name))
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ],
    ["query", ({ call }) => call.url.split("?")[1] ?? ""],
    ["parameters", ({ asked }) => asked.parameters],
    ["body", ({ asked }) => asked.request],
    ["system prompt", ({ asked }) => asked.system],
  ];
  return parts.flatMap(([name, part]) => {
    const first = questions.find(({ call }) => call.place === place) ?? questions[0];
    const taken = first === undefined ? "" : JSON.stringify(part(first));
    const other = questions.find((question) => JSON.stringify(part(question)) !== taken);
    return other === undefined
      ? []
      : [{ place: other.call.place, what: `its ${name}: other than at ${place}, which the plan has` }];
  });
}
