import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chunk, event, LAST_CHUNK, openaiAnswer, openaiDelta, plain, SSE_HEAD } from "../../test/helpers/answers.ts";
import { ask, clientFor } from "../../test/helpers/ask.ts";
import { closedPort, rawServer } from "../../test/helpers/raw-server.ts";
import { targetFor } from "../../test/helpers/target.ts";
import type { Target } from "../plan/index.ts";
import { type Client, probeConnect } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function client(url: string, changes: Partial<Target> = {}): Client {
  const made = clientFor(url, changes);
  open.unshift(made);
  return made;
}

async function listen(server: Server, onConnection?: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    onConnection?.(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : Number.NaN;
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const openssl = hasOpenssl();
if (!openssl) console.warn("SKIPPED: no openssl command, so the tests of TLS do not run");

describe.skipIf(!openssl)("over TLS", () => {
  let folder = "";
  let key = "";
  let cert = "";
  let ca = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-tls-"));
    ca = join(folder, "cert.pem");
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:app.test"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        join(folder, "key.pem"),
        "-out",
        ca,
        "-days",
        "2",
        ...subject,
      ],
      { stdio: "ignore" },
    );
    key = readFileSync(join(folder, "key.pem"), "utf8");
    cert = readFileSync(ca, "utf8");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const serve = (): Promise<number> =>
    listen(
      createHttps({ key, cert }, (request, response) => {
        request.resume();
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const word of ["Hello", " there"]) response.write(event(openaiDelta(word)));
        response.end(event("[DONE]"));
      }),
    );

  test("an authority of the plan's own is trusted, and its connections and sessions are used again", async () => {
    const port = await serve();
    const asking = client(`https://localhost:${port}`, { tls: { verify: true, ca } });
    const first = await ask(asking);
    expect(first).toMatchObject({ outcome: "complete", text: "Hello there" });
    expect(first.connectedAt).toBeGreaterThan(first.startedAt);
    expect(first.sentAt).toBeGreaterThanOrEqual(first.connectedAt);
    const all = await Promise.all([ask(asking), ask(asking), ask(asking)]);
    expect(all.map(({ outcome, text }) => outcome + text)).toEqual(Array(3).fill("completeHello there"));
  });

  test("a certificate that nobody vouches for is refused with its reason, unless the plan says not to verify", async () => {
    const port = await serve();
    expect(await ask(client(`https://localhost:${port}`))).toMatchObject({
      outcome: "refused",
      reason: "tls:DEPTH_ZERO_SELF_SIGNED_CERT",
      connectedAt: Number.NaN,
    });
    expect(await ask(client(`https://localhost:${port}`, { tls: { verify: false } }))).toMatchObject({
      outcome: "complete",
    });
  });

  test("a certificate for another name is refused, unless the plan gives that name", async () => {
    const port = await serve();
    expect(await ask(client(`https://127.0.0.1:${port}`, { tls: { verify: true, ca } }))).toMatchObject({
      outcome: "refused",
      reason: "tls:ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect(
      await ask(client(`https://127.0.0.1:${port}`, { tls: { verify: true, ca, serverName: "app.test" } })),
    ).toMatchObject({ outcome: "complete" });
  });

  test("a server that speaks plain HTTP is refused as a failure of TLS", async () => {
    const server = await rawServer(() => [], [{ write: "HTTP/1.1 400 Bad Request\r\n\r\n" }]);
    open.push(server);
    const { outcome, reason } = await ask(client(server.url.replace("http:", "https:")));
    expect(outcome).toBe("refused");
    expect(reason).toMatch(/^tls:/);
  });

  test("a server that closes during the handshake is refused as a failure of TLS", async () => {
    const server = await rawServer(() => [], ["end"]);
    open.push(server);
    const { outcome, reason } = await ask(client(server.url.replace("http:", "https:")));
    expect(outcome).toBe("refused");
    expect(reason).toMatch(/^tls:/);
  });

  test("a tunnel of a proxy carries it", async () => {
    const port = await serve();
    const asked: string[] = [];
    const proxyPort = await listen(createServer(), (socket) => {
      socket.once("data", (bytes) => {
        asked.push(bytes.toString());
        const onward = connect(port, "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          socket.pipe(onward).pipe(socket);
        });
        onward.on("error", () => socket.destroy());
      });
    });
    const asking = client(`https://localhost:${port}`, {
      tls: { verify: true, ca },
      proxy: `http://me:pw@127.0.0.1:${proxyPort}`,
    });
    for (let i = 0; i < 3; i++) expect(await ask(asking)).toMatchObject({ outcome: "complete", text: "Hello there" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`CONNECT localhost:${port} HTTP/1.1\r\n`);
    expect(asked[0]).toContain(`proxy-authorization: Basic ${Buffer.from("me:pw").toString("base64")}\r\n`);
    await probeConnect(
      targetFor(`https://localhost:${port}`, { tls: { verify: true, ca }, proxy: `http://127.0.0.1:${proxyPort}` }),
    );
  });

  test("a certificate behind a proxy is judged as one without", async () => {
    const port = await serve();
    const proxyPort = await listen(createServer(), (socket) => {
      socket.once("data", () => {
        const onward = connect(port, "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(onward).pipe(socket);
        });
        onward.on("error", () => socket.destroy());
      });
    });
    expect(await ask(client(`https://localhost:${port}`, { proxy: `http://127.0.0.1:${proxyPort}` }))).toMatchObject({
      outcome: "refused",
      reason: "tls:DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  test("a probe says what is wrong and what to do", async () => {
    const port = await serve();
    await probeConnect(targetFor(`https://localhost:${port}`, { tls: { verify: true, ca } }));
    await expect(probeConnect(targetFor(`https://localhost:${port}`))).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      exitCode: 122,
      faults: [
        {
          message: expect.stringContaining("tls:DEPTH_ZERO_SELF_SIGNED_CERT"),
          hint: expect.stringContaining("target.tls.ca"),
        },
      ],
    });
  });

  test("a CA file that cannot be read or holds no certificate is a fault of the plan", () => {
    expect(() => client("https://localhost:1", { tls: { verify: true, ca: join(folder, "none.pem") } })).toThrow(
      expect.objectContaining({ code: "PROTOCOL_CA_UNREADABLE", exitCode: 104 }),
    );
  });
});

describe("through a proxy", () => {
  test("a plain target is asked for by its whole URL", async () => {
    const proxy = await rawServer(() => openaiAnswer(["Hi"]));
    open.push(proxy);
    const asking = client("http://app.invalid:8080/v1", { proxy: proxy.url.replace("//", "//me:pw@") });
    expect(await ask(asking)).toMatchObject({ outcome: "complete", text: "Hi" });
    expect(proxy.requests[0]).toMatch(
      /^POST http:\/\/app\.invalid:8080\/v1\/chat\/completions HTTP\/1\.1\r\nhost: app\.invalid:8080\r\n/,
    );
    expect(proxy.requests[0]).toContain("proxy-authorization: Basic ");
  });

  test.each([
    ["http", "proxy:ECONNREFUSED"],
    ["https", "proxy:ECONNREFUSED"],
  ])("that is not there, an %s target is refused in the proxy's name", async (scheme, reason) => {
    expect(
      await ask(client(`${scheme}://app.invalid`, { proxy: `http://127.0.0.1:${await closedPort()}` })),
    ).toMatchObject({ outcome: "refused", reason });
  });

  test.each([
    ["refuses the tunnel", plain("407 Who are you", ""), "proxy:407"],
    ["says no HTTP", [{ write: "hello\r\n" }], "proxy:not-http"],
    ["closes instead", ["end"], "proxy:closed-before-answer"],
    ["speaks where TLS should begin", [{ write: "HTTP/1.1 200 OK\r\n\r\nhello" }], "proxy:unexpected-bytes"],
  ] as const)("that %s, a target is refused in the proxy's name", async (_name, steps, reason) => {
    const proxy = await rawServer(() => steps);
    open.push(proxy);
    const asking = client("https://app.invalid", { proxy: proxy.url });
    expect(await ask(asking)).toMatchObject({ outcome: "refused", reason });
    expect(asking.openSockets).toBe(0);
  });
});

describe("a probe", () => {
  test("of a server that is there is content, and sends it nothing", async () => {
    const server = await rawServer(() => []);
    open.push(server);
    await probeConnect(targetFor(server.url));
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["nobody listens", async () => `http://127.0.0.1:${await closedPort()}`, "ECONNREFUSED"],
    ["the name is unknown", async () => "http://no-such-host.invalid", "dns:E"],
  ])("where %s tells so with exit code 122", async (_name, url, reason) => {
    await expect(probeConnect(targetFor(await url()))).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      exitCode: 122,
      message: expect.stringContaining(reason),
    });
  });

  test("of a server that never answers the handshake ends with the connect timeout", async () => {
    const server = await rawServer(() => []);
    open.push(server);
    const target = targetFor(server.url.replace("http:", "https:"), {
      timeouts: { connect: 50, firstToken: 1, idle: 1, total: 1 },
    });
    await expect(probeConnect(target)).rejects.toMatchObject({ message: expect.stringContaining("timeout:connect") });
  });
});

test("IPv6 loopback works as a host, where the machine has it", async () => {
  const server = createServer((socket) => {
    socket.once("data", () =>
      socket.end(SSE_HEAD + chunk(event(openaiDelta("six"))) + chunk(event("[DONE]")) + LAST_CHUNK),
    );
  });
  const port = await new Promise<number | undefined>((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(0, "::1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : undefined);
    });
  });
  if (port === undefined) {
    console.warn("SKIPPED: this machine has no IPv6 loopback");
    return;
  }
  expect(await ask(client(`http://[::1]:${port}`))).toMatchObject({ outcome: "complete", text: "six" });
  server.close();
});
