import { embed, promptOf } from "../../answers/index.ts";
import type { Stack } from "../../stack/index.ts";
import type { Part } from "../../stack/types.ts";
import { Histories } from "../answer/histories.ts";
import type { Incoming, Service, Wanted } from "../service.ts";
import { readAnthropicCount, readAnthropicMessages } from "../wire/anthropic-messages.ts";
import { anthropicErrors, type ErrorShape, openaiErrors } from "../wire/errors.ts";
import { readOpenaiChat } from "../wire/openai-chat.ts";
import { readOpenaiCompletions } from "../wire/openai-completions.ts";
import { embeddingsBody, readOpenaiEmbeddings } from "../wire/openai-embeddings.ts";
import { readOpenaiResponses, responseId } from "../wire/openai-responses.ts";
import { plainChat, readPlainChat } from "../wire/plain-chat.ts";
import { readTokenize } from "../wire/tokenize.ts";
import type { Read, Reading } from "../wire/types.ts";
import { LARGEST_BODY, readBody } from "./body.ts";
import { callerOf } from "./caller.ts";
import { sendError, sendFaults, sendJson } from "./respond.ts";
import type { Routes } from "./router.ts";

/** Where it is not asked for; text-embedding-3-small's. */
const DIMENSIONS = 1536;
const MOST_CONVERSATIONS = 100_000;
const MOST_RESPONSES = 20_000;
const MOST_CHARACTERS = 200_000_000;

/** The endpoints that ask the stack, by method and path. */
export function stackRoutes(stack: Stack, service: Service): Routes {
  const conversations = new Histories(MOST_CONVERSATIONS, MOST_CHARACTERS);
  const responses = new Histories(MOST_RESPONSES, MOST_CHARACTERS);
  const embedder = embedderOf(stack);
  const endpoint = <T>(
    route: string,
    shape: ErrorShape,
    read: (text: string) => Read<T>,
    take: (value: T, incoming: Incoming) => void,
  ): Routes => ({ [route]: endpointRoute(route, shape, read, take, () => service.now()) });

  const ask = (incoming: Incoming, wanted: Wanted): void => {
    const unknown = service.unknownModel(wanted.asked.model);
    if (unknown === undefined) service.answer(incoming, wanted);
    else refuseModel(incoming, unknown);
  };
  const plainReading = (operation: Wanted["operation"]) => (reading: Reading, incoming: Incoming) =>
    ask(incoming, { ...reading, operation });

  return {
    ...endpoint("POST /v1/chat/completions", openaiErrors, readOpenaiChat, plainReading("chat")),
    ...endpoint("POST /v1/completions", openaiErrors, readOpenaiCompletions, plainReading("text_completion")),
    ...endpoint("POST /v1/messages", anthropicErrors, readAnthropicMessages, plainReading("chat")),
    ...endpoint(
      "POST /v1/messages/count_tokens",
      anthropicErrors,
      readAnthropicCount,
      ({ model, messages }, incoming) => {
        const unknown = service.unknownModel(model);
        if (unknown === undefined) sendJson(incoming.response, 200, { input_tokens: promptOf(messages).tokens });
        else refuseModel(incoming, unknown);
      },
    ),
    ...endpoint("POST /v1/responses", openaiErrors, readOpenaiResponses, (reading, incoming) => {
      const { asked, wire, previous, store } = reading;
      const before = previous === undefined ? [] : responses.of(previous);
      if (before === undefined) {
        const message = `Previous response with id '${previous}' not found.`;
        const error = { status: 400, code: "previous_response_not_found", message, param: "previous_response_id" };
        sendError(incoming.response, incoming.shape, error, incoming.requestId);
        return;
      }
      ask(incoming, {
        asked: { ...asked, messages: [...before, ...asked.messages] },
        wire,
        operation: "chat",
        over(messages, head, end) {
          if (store) responses.keep(responseId(head), [...messages, { role: "assistant", content: end.text }]);
        },
      });
    }),
    ...endpoint("POST /chat", openaiErrors, readPlainChat, ({ session, message, maxTokens, model }, incoming) => {
      const messages = [...(conversations.of(session) ?? []), { role: "user", content: message }];
      ask(incoming, {
        asked: { ...PLAIN, model, maxTokens, messages },
        wire: plainChat,
        operation: "chat",
        session,
        over: (asked, _head, end) => conversations.keep(session, [...asked, { role: "assistant", content: end.text }]),
      });
    }),
    ...endpoint("POST /v1/embeddings", openaiErrors, readOpenaiEmbeddings, (asked, incoming) => {
      if (embedder === undefined) {
        const message = "This stack has no part of kind embedder, so it answers no embeddings.";
        const error = { status: 400, code: "unsupported_operation", message };
        sendError(incoming.response, incoming.shape, error, incoming.requestId);
        return;
      }
      const { model, inputs, base64, dimensions = DIMENSIONS, user } = asked;
      service.embed(incoming, embedder, { model, texts: inputs, user }, (name, tokens) => {
        const vectors = inputs.map((text) => embed(text, dimensions));
        sendJson(incoming.response, 200, embeddingsBody(name, vectors, base64, tokens));
      });
    }),
    ...endpoint("POST /tokenize", openaiErrors, readTokenize, ({ messages, tokens }, incoming) =>
      sendJson(incoming.response, 200, { count: promptOf(messages).tokens, token_strs: tokens }),
    ),
  };
}

const PLAIN = {
  minTokens: undefined,
  ignoreEos: false,
  json: undefined,
  stop: [],
  stream: true,
  user: undefined,
  priority: 0,
};

function endpointRoute<T>(
  route: string,
  shape: ErrorShape,
  read: (text: string) => Read<T>,
  take: (value: T, incoming: Incoming) => void,
  now: () => number,
): Routes[string] {
  return ({ message, response, requestId: made }) => {
    const caller = callerOf(message.headers);
    const requestId = caller.requestId ?? made;
    response.setHeader("x-request-id", requestId);
    if (shape === anthropicErrors) response.setHeader("request-id", requestId);
    readBody(message, (text) => {
      if (text === undefined) {
        const error = {
          status: 413,
          code: "request_too_large",
          message: `The body is larger than ${LARGEST_BODY} bytes.`,
        };
        response.setHeader("connection", "close");
        sendError(response, shape, error, requestId);
        return;
      }
      const arrivedAt = now();
      const body = read(text);
      if (body.faults === undefined) take(body.value, { response, arrivedAt, caller, requestId, route, shape });
      else sendFaults(response, shape, body.faults, requestId);
    });
  };
}

function refuseModel({ response, shape, requestId }: Incoming, model: string): void {
  const shown = model.length > 200 ? `${model.slice(0, 200)}...` : model;
  const error = {
    status: 404,
    code: "model_not_found",
    message: `The model \`${shown}\` does not exist. GET /v1/models lists those that do.`,
    param: "model",
  };
  sendError(response, shape, error, requestId);
}

/** Where embeddings go: to the stack's entry if it only embeds, else straight to its first embedder. */
function embedderOf(stack: Stack): Part | undefined {
  const kinds = [...stack.spec.parts].map(([name, { kind }]) => ({ name, kind }));
  const first = kinds.find(({ kind }) => kind === "embedder");
  if (first === undefined) return undefined;
  const answers = kinds.some(({ kind }) => kind === "pool" || kind === "external");
  return answers ? stack.parts.get(first.name) : stack.entry;
}
