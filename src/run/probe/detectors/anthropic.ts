import { member, namesIn, parseJson } from "../json.ts";
import { isReply } from "../send.ts";
import type { Detector, Sender } from "../types.ts";

const VERSION = { "anthropic-version": "2023-06-01" };

/** Only where the URL could be the root of an API: an application's own endpoint is not asked beside its path. */
function messagesUrl(url: URL): string | undefined {
  const at = new URL(url);
  const path = at.pathname.replace(/\/+$/, "");
  at.search = "";
  if (/\/messages$/.test(path)) return at.href;
  if (path !== "" && !/\/v1$/.test(path)) return undefined;
  at.pathname = path === "" ? "/v1/messages" : `${path}/messages`;
  return at.href;
}

/** `POST /v1/messages` with an empty body is refused as `{ type: "error", error: { type, message } }`. */
export const anthropic: Detector = {
  name: "Anthropic Messages",
  drives: ["anthropic-messages"],
  async detect({ url, send }) {
    const at = messagesUrl(url);
    if (at === undefined) return undefined;
    const sent = await send({ method: "POST", url: at, headers: VERSION, body: {} });
    if (!isReply(sent) || sent.status < 400) return undefined;
    const body = parseJson(sent.text);
    if (member(body, "type") !== "error" || typeof member(body, "error", "type") !== "string") return undefined;
    const what = "Anthropic Messages";
    const evidence = `POST ${at} with an empty body answers ${sent.status} with an error in Anthropic's shape`;
    if (sent.status === 401 || sent.status === 403) {
      const hint = 'Pass the key from your environment: --header "x-api-key: $API_KEY".';
      return { kind: "known", what: `${what} that wants a key`, evidence, code: "PROBE_KEY", hint };
    }
    const models = await modelsBeside(at, send);
    return { kind: "found", what, evidence, target: { url: at, protocol: "anthropic-messages" }, models, notes: [] };
  },
};

/** What the server lists beside its messages; nothing where it lists none. */
async function modelsBeside(messages: string, send: Sender): Promise<readonly string[]> {
  const sent = await send({ method: "GET", url: messages.replace(/\/messages$/, "/models"), headers: VERSION });
  const data = isReply(sent) && sent.status === 200 ? member(parseJson(sent.text), "data") : undefined;
  return Array.isArray(data) ? namesIn(data, "id") : [];
}
