import { member, parseJson } from "../json.ts";
import { isReply } from "../send.ts";
import type { Detector } from "../types.ts";

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
  drives: [],
  async detect({ url, send }) {
    const at = messagesUrl(url);
    if (at === undefined) return undefined;
    const sent = await send({ method: "POST", url: at, headers: { "anthropic-version": "2023-06-01" }, body: {} });
    if (!isReply(sent) || sent.status < 400) return undefined;
    const body = parseJson(sent.text);
    if (member(body, "type") !== "error" || typeof member(body, "error", "type") !== "string") return undefined;
    return {
      kind: "known",
      what: "Anthropic Messages",
      evidence: `POST ${at} with an empty body answers ${sent.status} with an error in Anthropic's shape`,
      code: "PROBE_NOT_DRIVEN",
      hint: "Use an OpenAI-compatible endpoint of the same server where it has one; this version does not drive Anthropic Messages yet.",
    };
  },
};
