import { member, namesIn, parseJson } from "../json.ts";
import { isReply } from "../send.ts";
import type { Detector } from "../types.ts";

/** Where the list of models is, for a server's root, its `/v1` (or `/v4`, ...), or the path of its chat completions. */
function modelsUrl(url: URL): string {
  const list = new URL(url);
  const path = list.pathname.replace(/\/+$/, "").replace(/\/(chat\/completions|completions|models)$/, "");
  list.pathname = /\/v\d+[a-z0-9]*$/.test(path) ? `${path}/models` : `${path}/v1/models`;
  list.search = "";
  return list.href;
}

/** `GET /v1/models` answers `{ data: [{ id }] }`. */
export const openai: Detector = {
  name: "OpenAI-compatible",
  drives: ["openai-chat"],
  async detect({ url, send }) {
    const list = modelsUrl(url);
    const sent = await send({ method: "GET", url: list });
    if (!isReply(sent)) return undefined;
    const body = parseJson(sent.text);
    if (sent.status === 200) {
      const data = member(body, "data");
      if (!Array.isArray(data)) return undefined;
      const models = namesIn(data, "id");
      if (data.length > 0 && models.length === 0) return undefined;
      return {
        kind: "found",
        what: "an OpenAI-compatible server",
        evidence: `GET ${list} lists ${models.length === 0 ? "no model" : models.length === 1 ? `the model ${models[0]}` : `${models.length} models`}`,
        target: { url: list.replace(/\/models$/, ""), protocol: "openai-chat" },
        models,
        notes: [],
      };
    }
    const asksForKey =
      (sent.status === 401 || sent.status === 403) && typeof member(body, "error", "message") === "string";
    if (!asksForKey) return undefined;
    return {
      kind: "known",
      what: "an OpenAI-compatible server that wants a key",
      evidence: `GET ${list} answers ${sent.status} with an error in OpenAI's shape`,
      code: "PROBE_KEY",
      hint: 'Pass the key from your environment: --header "authorization: Bearer $API_KEY".',
    };
  },
};
