import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { text as readAll } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { probe } from "./index.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

/** Answers what `routes` knows as "METHOD /path", 404 for the rest. */
function routes(
  known: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>,
): RequestListener {
  return (request, response) => {
    const handler = known[`${request.method} ${request.url}`];
    if (handler) handler(request, response);
    else json(response, 404, { detail: "Not Found" });
  };
}

async function refusal(promise: Promise<unknown>): Promise<PlimsollError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PlimsollError) return error;
  throw new Error(`expected a PlimsollError, got ${String(error)}`);
}

const models = (_: IncomingMessage, response: ServerResponse): void =>
  json(response, 200, { object: "list", data: [{ id: "llama-3.1-8b" }, { id: "other" }] });

describe("the probe", () => {
  it("recognises an OpenAI-compatible server at its root, its /v1 and its chat completions, and lists its models", async () => {
    const base = await serve(routes({ "GET /v1/models": models }));
    for (const path of ["", "/", "/v1", "/v1/", "/v1/chat/completions"]) {
      const found = await probe(base + path);
      expect(found.target).toEqual({ url: `${base}/v1`, protocol: "openai-chat" });
      expect(found.models).toEqual(["llama-3.1-8b", "other"]);
      expect(found.evidence).toContain(`GET ${base}/v1/models lists 2 models`);
    }
  });

  it("passes the person's headers on, and asks for a key where the server wants one", async () => {
    const base = await serve(
      routes({
        "GET /v1/models": (request, response) =>
          request.headers.authorization === "Bearer k-123456"
            ? models(request, response)
            : json(response, 401, { error: { message: "no key", type: "invalid_request_error" } }),
      }),
    );
    const error = await refusal(probe(base));
    expect(error.exitCode).toBe(EXIT.planInvalid);
    expect(error.faults[0]?.code).toBe("PROBE_KEY");
    expect((await probe(base, { headers: { authorization: "Bearer k-123456" } })).models).toHaveLength(2);
  });

  it("recognises Ollama and drives it through its /v1", async () => {
    const base = await serve(
      routes({
        "GET /api/tags": (_, response) => json(response, 200, { models: [{ name: "qwen2.5:0.5b" }] }),
        "GET /v1/models": models,
      }),
    );
    const found = await probe(`${base}/api/chat`);
    expect(found.what).toBe("Ollama");
    expect(found.target).toEqual({ url: `${base}/v1`, protocol: "openai-chat" });
    expect(found.models).toEqual(["qwen2.5:0.5b"]);
  });

  it("recognises Anthropic Messages by its error, with the models beside it, or the key that it wants", async () => {
    const refuse = (status: number, type: string) => (_: unknown, response: ServerResponse) =>
      json(response, status, { type: "error", error: { type, message: "model: Field required" } });
    const base = await serve(
      routes({
        "POST /v1/messages": refuse(400, "invalid_request_error"),
        "GET /v1/models": (request, response) =>
          request.headers["anthropic-version"] === undefined
            ? json(response, 404, {})
            : json(response, 200, { data: [{ type: "model", id: "m-1" }] }),
      }),
    );
    const found = await probe(base);
    expect(found.target).toEqual({ url: `${base}/v1/messages`, protocol: "anthropic-messages" });
    expect(found.models).toEqual(["m-1"]);
    const locked = await serve(routes({ "POST /v1/messages": refuse(401, "authentication_error") }));
    const error = await refusal(probe(locked));
    expect(error.faults[0]).toMatchObject({ code: "PROBE_KEY", hint: expect.stringContaining("x-api-key") });
  });

  it("finds the tokens, the counts and the end in an application's own event stream", async () => {
    const base = await serve(
      routes({
        "POST /chat": (request, response) => {
          void readAll(request).then((body) => {
            const parsed: unknown = JSON.parse(body);
            if (typeof parsed !== "object" || parsed === null || !("question" in parsed))
              return json(response, 400, { error: "question is missing" });
            response.writeHead(200, { "content-type": "text/event-stream" });
            for (const delta of ["I ", "can ", "help ", "with refunds."])
              response.write(`data: ${JSON.stringify({ id: "m1", delta, finish_reason: null })}\n\n`);
            response.end(
              `data: ${JSON.stringify({ id: "m1", finish_reason: "stop", usage: { input_tokens: 12, output_tokens: 4 } })}\n\ndata: [DONE]\n\n`,
            );
          });
        },
      }),
    );
    const found = await probe(`${base}/chat`);
    expect(found.target).toEqual({
      url: `${base}/chat`,
      protocol: "http-sse",
      request: { question: "{{turn.prompt}}" },
      events: { token: "$.delta", usage: "$.usage", done: "$.finish_reason" },
    });
    expect(found.notes.join(" ")).toContain("I can help with refunds.");
  });

  it("follows a refusal that names the missing fields", async () => {
    const asked: unknown[] = [];
    const base = await serve(
      routes({
        "POST /ask": (request, response) => {
          void readAll(request).then((body) => {
            const parsed: unknown = JSON.parse(body);
            asked.push(parsed);
            if (typeof parsed === "object" && parsed !== null && "utterance" in parsed)
              return json(response, 200, { conversation: "c-1", reply: "With refunds.", echo: parsed.utterance });
            json(response, 422, {
              detail: [
                { loc: ["body", "utterance"], msg: "Field required", type: "missing" },
                { loc: ["body", "session_id"], msg: "Field required", type: "missing" },
              ],
            });
          });
        },
      }),
    );
    const found = await probe(`${base}/ask`, { prompt: "What can you do?" });
    expect(asked).toHaveLength(2);
    expect(found.target).toEqual({
      url: `${base}/ask`,
      protocol: "http-json",
      request: { utterance: "{{turn.prompt}}", session_id: "{{session.id}}" },
      events: { token: "$.reply" },
    });
  });

  it("reads a stream of bare text", async () => {
    const base = await serve(
      routes({
        "POST /t": (_, response) =>
          response.writeHead(200, { "content-type": "text/event-stream" }).end("data: Hello\n\ndata: there\n\n"),
      }),
    );
    expect((await probe(`${base}/t`)).target.events).toEqual({ token: "$" });
  });

  it("says what plain HTTP answered, and what to do about it", async () => {
    const base = await serve((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>x</title>"),
    );
    const error = await refusal(probe(base));
    expect(error.exitCode).toBe(EXIT.planInvalid);
    expect(error.faults[0]).toMatchObject({
      code: "PROBE_NO_PROTOCOL",
      message: expect.stringContaining("answers 200 text/html"),
    });
    expect(error.faults[0]?.hint).toContain("plimsoll init");
  });

  it("ends with 122 and the reason where nothing listens", async () => {
    const base = await serve(() => undefined);
    const port = new URL(base).port;
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const error = await refusal(probe(`http://127.0.0.1:${port}/v1`));
    expect(error.exitCode).toBe(EXIT.unreachable);
    expect(error.faults[0]).toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("ends with 122 where something listens and never answers HTTP", async () => {
    const tcp = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      // Without a reader the socket would never see the client go.
      socket.resume();
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    const address = tcp.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    try {
      expect((await refusal(probe(`http://127.0.0.1:${address.port}`))).exitCode).toBe(EXIT.unreachable);
    } finally {
      await new Promise((resolve) => tcp.close(resolve));
    }
  });

  it("is bounded in bytes and time against an endless answer", async () => {
    const base = await serve(
      routes({
        "POST /flood": (_, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          const pump = (): void => {
            while (
              response.write(`data: ${JSON.stringify({ delta: "word ".repeat(200) })}\n\n`) &&
              !response.destroyed
            );
          };
          response.on("drain", pump);
          pump();
        },
        "POST /drip": (_, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write('data: {"delta":"a"}\n\ndata: {"delta":"b"}\n\n');
        },
      }),
    );
    expect((await probe(`${base}/flood`)).target.events).toEqual({ token: "$.delta" });
    const dripped = await probe(`${base}/drip`, { answerMs: 400 });
    expect(dripped.target.events).toEqual({ token: "$.delta" });
    expect(dripped.notes.join(" ")).toContain("not read to its end");
  });

  it("sends nothing to a host that the owner did not vouch for", async () => {
    const error = await refusal(probe("http://plimsoll.invalid/v1"));
    expect(error.faults[0]?.code).toBe("TARGET_NOT_OWNED");
    expect((await refusal(probe("not a url"))).faults[0]?.code).toBe("PROBE_URL");
  });

  it("keeps a password in the URL out of every message, and sends it", async () => {
    const seen: (string | undefined)[] = [];
    const base = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const error = await refusal(probe(base.replace("http://", "http://ada:s3cretpass@")));
    expect(JSON.stringify(error.faults)).not.toContain("s3cretpass");
    expect(seen[0]).toBe(`Basic ${Buffer.from("ada:s3cretpass").toString("base64")}`);
  });
});
