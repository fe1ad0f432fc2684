import { member, namesIn, parseJson } from "../json.ts";
import { isReply } from "../send.ts";
import type { Detector } from "../types.ts";

/** `GET /api/tags` answers `{ models: [{ name }] }`; Ollama's `/v1` then is OpenAI-compatible. */
export const ollama: Detector = {
  name: "Ollama",
  drives: ["openai-chat"],
  async detect({ url, send }) {
    const root = new URL(url);
    root.pathname = root.pathname.replace(/\/+$/, "").replace(/\/(v1(\/.*)?|api(\/.*)?)$/, "");
    root.search = "";
    const base = root.href.replace(/\/$/, "");
    const sent = await send({ method: "GET", url: `${base}/api/tags` });
    if (!isReply(sent) || sent.status !== 200) return undefined;
    const list = member(parseJson(sent.text), "models");
    if (!Array.isArray(list)) return undefined;
    const models = namesIn(list, "name");
    if (list.length > 0 && models.length === 0) return undefined;
    return {
      kind: "found",
      what: "Ollama",
      evidence: `GET ${base}/api/tags lists ${models.length === 1 ? `the model ${models[0]}` : `${models.length} models`}`,
      target: { url: `${base}/v1`, protocol: "openai-chat" },
      models,
      notes: ["It is driven through its OpenAI-compatible /v1."],
    };
  },
};
