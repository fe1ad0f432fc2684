import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

const question = z.object({ messages: z.array(z.object({ content: z.string() })), max_tokens: z.number() });

export interface Asked {
  /** Words of the prompt, each a token. */
  readonly tokens: number;
  readonly maxTokens: number;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface SmallServer {
  readonly url: string;
  close(): void;
}

/** An OpenAI-compatible server of one model without metrics: answers at once, save what `refuse` refuses. */
export async function smallServer(refuse: (asked: Asked) => Refusal | undefined): Promise<SmallServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ data: [{ id: "small" }] }));
      return;
    }
    if (request.url !== "/v1/chat/completions") {
      response.writeHead(404).end();
      return;
    }
    const { messages, max_tokens: maxTokens } = question.parse(JSON.parse(text));
    const tokens = messages.reduce((sum, { content }) => sum + content.split(" ").length, 0);
    const refusal = refuse({ tokens, maxTokens });
    if (refusal !== undefined) {
      const body = JSON.stringify({ error: { message: refusal.message, code: refusal.status } });
      response.writeHead(refusal.status, { "content-type": "application/json" }).end(body);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const event = (value: object): void => {
      response.write(`data: ${JSON.stringify(value)}\n\n`);
    };
    for (let i = 0; i < maxTokens; i++) {
      event({ choices: [{ index: 0, delta: { content: " word" } }] });
      // Each token is a write of its own, one turn of the event loop later.
      await new Promise<void>((go) => setImmediate(go));
    }
    event({ choices: [{ index: 0, delta: {}, finish_reason: "length" }] });
    event({ choices: [], usage: { prompt_tokens: tokens, completion_tokens: maxTokens } });
    response.end("data: [DONE]\n\n");
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
