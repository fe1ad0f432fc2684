import { BODIES, bodyFromRefusal, filled } from "../bodies.ts";
import { plain } from "../excerpt.ts";
import { eventData, guessBody, guessStream } from "../guess.ts";
import { isReply } from "../send.ts";
import type { Detection, Detector, ProbeContext, Reply } from "../types.ts";

type Body = (typeof BODIES)[number];

interface Answered {
  readonly body: Body;
  readonly reply: Reply;
}

/** The first body that the endpoint takes; a refusal that names its fields is followed once. */
async function firstAnswered({ url, prompt, send }: ProbeContext): Promise<Answered | undefined> {
  const queue: Body[] = [...BODIES];
  let followed = false;
  for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
    const reply = await send({ method: "POST", url: url.href, body: filled(body, prompt) });
    if (!isReply(reply)) return undefined;
    if (reply.status >= 200 && reply.status < 300) return { body, reply };
    // Another body changes nothing where the path, the method or the key is wrong, or the server is failing.
    if (reply.status !== 400 && reply.status !== 422) return undefined;
    const asked = followed ? undefined : bodyFromRefusal(reply.text);
    if (asked === undefined) continue;
    followed = true;
    queue.unshift(asked);
  }
  return undefined;
}

/** An application's own endpoint: asked with the bodies in common use, and recognised by what it answers. */
export const ownEndpoint: Detector = {
  name: "an endpoint of the application's own",
  drives: ["http-sse", "http-json"],
  async detect(context) {
    const answered = await firstAnswered(context);
    if (answered === undefined) return undefined;
    return answered.reply.contentType === "text/event-stream" ? streamed(context, answered) : json(context, answered);
  },
};

function asked({ url }: ProbeContext, { body, reply }: Answered): string {
  return `POST ${url.href} with ${JSON.stringify(Object.fromEntries(Object.keys(body).map((name) => [name, "..."])))} answers ${reply.status} ${reply.contentType}`;
}

function streamed(context: ProbeContext, answered: Answered): Detection | undefined {
  const { body, reply } = answered;
  const events = eventData(reply.text);
  const guess = guessStream(reply.whole ? events : events.slice(0, -1), reply.whole);
  if (guess === undefined) return undefined;
  const { sample, ...paths } = guess;
  const notes = [`The answer is read at ${paths.token}, where this came: "${plain(sample)}".`];
  if (paths.done === undefined)
    notes.push(
      reply.whole
        ? "No event says that the answer is whole, so an answer cut short cannot be told from a complete one."
        : "The stream was not read to its end, so how it says that it is whole is not known.",
    );
  if (paths.usage === undefined) notes.push("No event holds token counts; they will be estimated with a tokenizer.");
  return {
    kind: "found",
    what: "server-sent events",
    evidence: `${asked(context, answered)}, ${events.length} events`,
    target: { url: context.url.href, protocol: "http-sse", request: body, events: paths },
    models: [],
    notes,
  };
}

function json(context: ProbeContext, answered: Answered): Detection | undefined {
  const { body, reply } = answered;
  const guess = reply.whole ? guessBody(reply.text, context.prompt) : undefined;
  if (guess === undefined) return undefined;
  const { sample, ...paths } = guess;
  return {
    kind: "found",
    what: "JSON answers, not streamed",
    evidence: asked(context, answered),
    target: { url: context.url.href, protocol: "http-json", request: body, events: paths },
    models: [],
    notes: [
      `The answer is read at ${paths.token}, where this came: "${plain(sample)}".`,
      "Without a stream there is no first-token time.",
    ],
  };
}
