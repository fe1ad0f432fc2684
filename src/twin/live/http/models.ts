import type { Stack } from "../../stack/index.ts";
import { openaiErrors } from "../wire/errors.ts";
import { sendError, sendJson } from "./respond.ts";
import { type Answering, shapeOf } from "./router.ts";

const PATH = "/models/";

/** What a stack answers as, as OpenAI tells it, or Anthropic where the request names its version. */
export class Models {
  readonly #stack: Stack;
  readonly #names: readonly string[];

  /** `unnamed`: the label of a stack whose parts name no model. */
  constructor(stack: Stack, unnamed: string) {
    this.#stack = stack;
    this.#names = stack.models.length > 0 ? stack.models : [unnamed];
  }

  /** GET /v1/models */
  list({ message, response }: Answering): void {
    const names = this.#names;
    if (shapeOf(message) === openaiErrors) {
      sendJson(response, 200, { object: "list", data: names.map((name) => this.#openai(name)) });
      return;
    }
    const ends = { first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
    sendJson(response, 200, { data: names.map(anthropicModel), has_more: false, ...ends });
  }

  /** GET /v1/models/{name}, whose name may hold slashes. */
  show({ message, response, path, requestId }: Answering): void {
    const shape = shapeOf(message);
    const name = decoded(path.slice(path.indexOf(PATH) + PATH.length));
    if (this.#names.includes(name)) {
      sendJson(response, 200, shape === openaiErrors ? this.#openai(name) : anthropicModel(name));
      return;
    }
    const text = `The model \`${name.slice(0, 200)}\` does not exist. GET /v1/models lists those that do.`;
    sendError(response, shape, { status: 404, code: "model_not_found", message: text, param: "model" }, requestId);
  }

  #openai(id: string): object {
    return { id, object: "model", created: 0, owned_by: "plimsoll-twin", ...contextOf(id, this.#stack) };
  }
}

function anthropicModel(id: string): object {
  return { type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" };
}

/** As vLLM lists it: what every part that answers for the model takes; nothing where none of them says. */
function contextOf(model: string, { parts }: Stack): { readonly max_model_len?: number } {
  const contexts = [...parts.values()].flatMap(({ models, contextTokens }) =>
    contextTokens !== undefined && (models.length === 0 || models.includes(model)) ? [contextTokens] : [],
  );
  return contexts.length === 0 ? {} : { max_model_len: Math.min(...contexts) };
}

/** Its escapes undone; as it stands where they are none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
