import { once } from "node:events";
import { createServer } from "node:http";
import { chatStream, type Format, openaiStream, openaiWhole } from "./formats.ts";
import { type Route, readBody, refuse, send } from "./http.ts";
import type { PacedOptions } from "./options.ts";
import { type Asked, type Read, readChat, readOpenai } from "./requests.ts";
import { NO_SEND_LOG, openSendLog } from "./send-log.ts";
import { PacedService, type PacedState } from "./service.ts";

export interface PacedServer {
  readonly url: string;
  state(): PacedState;
  /** Cuts what is open. */
  close(): Promise<void>;
}

const ABOUT = {
  status: "ok",
  server: "plimsoll paced server",
  note: "No model: seeded sentences at a fixed pace behind a queue. One word is one token; prompt_tokens are estimated as characters / 4.",
};

/** Starts the paced server in this process. A host, port or log file that cannot be had rejects with Node's own error. */
export async function startPaced(options: PacedOptions): Promise<PacedServer> {
  const log = options.sendLog === undefined ? NO_SEND_LOG : await openSendLog(options.sendLog);
  const service = new PacedService(options, log);
  const routes = routesOf(options, service);
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (message, response) => {
    const path = message.url?.split("?", 1)[0] ?? "/";
    const route = routes[`${message.method} ${path}`];
    if (route === undefined) refuse(response, 404, `there is no ${message.method} ${path} here`);
    else route(message, response);
  });
  server.listen({ host: options.host, port: options.port, backlog: 4096 });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    state: () => service.state,
    async close() {
      service.stop();
      server.close();
      server.closeAllConnections();
      await log.close();
    },
  };
}

function routesOf(options: PacedOptions, service: PacedService): Readonly<Record<string, Route>> {
  const answer = (read: Read, formatOf: (asked: Asked) => Format): Route => {
    return (message, response) =>
      readBody(message, response, (body) => {
        const asked = read(body);
        if (typeof asked === "string") refuse(response, 400, asked);
        else service.take(message, response, asked, formatOf(asked));
      });
  };
  const models = {
    object: "list",
    data: [{ id: options.model, object: "model", created: 0, owned_by: "plimsoll" }],
  };
  return {
    "GET /health": (_, response) => send(response, 200, { ...ABOUT, ...service.state }),
    "GET /v1/models": (_, response) => send(response, 200, models),
    "POST /v1/chat/completions": answer(readOpenai, ({ stream }) => (stream ? openaiStream : openaiWhole)),
    "POST /chat": answer(readChat, () => chatStream),
  };
}
