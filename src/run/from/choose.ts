import { askedOfDialect } from "./dialects.ts";
import { askedOfOwn } from "./own-endpoint.ts";
import { withFallbacks, withoutReferences } from "./reference.ts";
import type { Asked, Call, Left } from "./types.ts";

/** A request that asks an application something. */
export interface Question {
  readonly call: Call;
  readonly asked: Asked;
}

export interface Chosen {
  /** Those of the endpoint that becomes the target, in the file's order. */
  readonly calls: readonly Call[];
  readonly left: readonly Left[];
}

const WEB_SOCKET = /^wss?:/i;

/** Method, host and path: what tells one endpoint from another. */
function endpointOf(call: Call): string {
  const bare = withoutReferences(withFallbacks(call.url)).split(/[?#]/)[0] ?? "";
  return `${call.method} ${bare === "" ? "/" : bare}`;
}

/** How sure it is that an endpoint is what the test is about: a protocol that is known, a stream, anything else with a question in it. */
function rank({ asked, call }: Question): number {
  if (!asked.protocol.startsWith("http-"))
    return asked.protocol.includes("chat") || asked.protocol.includes("messages") ? 4 : 3;
  if (asked.protocol !== "http-json") return 2;
  return call.answer === undefined ? 0 : 1;
}

/** The endpoint that becomes the target: a plan has one. The other requests are listed. */
export function choose(calls: readonly Call[]): Chosen {
  const endpoints = new Map<string, { questions: Question[]; calls: Call[] }>();
  for (const call of calls) {
    const key = endpointOf(call);
    const found = endpoints.get(key) ?? { questions: [], calls: [] };
    found.calls.push(call);
    found.questions.push(...questionsOf([call]));
    endpoints.set(key, found);
  }
  const best = [...endpoints]
    .filter(([, { questions }]) => questions.length > 0)
    .toSorted(
      ([, a], [, b]) => sureness(b.questions) - sureness(a.questions) || b.questions.length - a.questions.length,
    )[0];
  const left = [...endpoints]
    .filter(([key]) => key !== best?.[0])
    .map(([key, { calls: all, questions }]): Left => {
      const times = all.length === 1 ? "" : `, ${all.length} times`;
      const why = questions.length > 0 ? "a plan has one target" : "no question to an AI application";
      return { place: all[0]?.place ?? "", what: `${key}${times}: ${why}` };
    });
  return { calls: best?.[1].calls ?? [], left };
}

/** What requests ask, of those that ask anything, in the protocol of the first. */
export function questionsOf(calls: readonly Call[]): Question[] {
  const questions = calls.flatMap((call): Question[] => {
    const asked = WEB_SOCKET.test(call.url) ? undefined : (askedOfDialect(call) ?? askedOfOwn(call));
    return asked === undefined ? [] : [{ call, asked }];
  });
  return questions.filter(({ asked }) => asked.protocol === questions[0]?.asked.protocol);
}

function sureness(questions: readonly Question[]): number {
  return Math.max(...questions.map(rank));
}
