import { isReply } from "../send.ts";
import type { Detector } from "../types.ts";

/** Something answers HTTP, and nothing about it says how to ask it a question. */
export const http: Detector = {
  name: "HTTP",
  drives: [],
  async detect({ url, send }) {
    const sent = await send({ method: "GET", url: url.href });
    if (!isReply(sent)) return undefined;
    const known = {
      kind: "known",
      what: "plain HTTP",
      evidence: `GET ${url.href} answers ${sent.status}${sent.contentType === "" ? "" : ` ${sent.contentType}`}`,
      code: "PROBE_NO_PROTOCOL",
    } as const;
    if (sent.status === 401 || sent.status === 403)
      return { ...known, hint: 'Pass what it asks for, such as --header "authorization: Bearer $API_KEY".' };
    return {
      ...known,
      hint: "Give the URL of the endpoint that answers a question, or write down how to ask it: npx plimsoll init --protocol http-sse plan.yaml",
    };
  },
};
