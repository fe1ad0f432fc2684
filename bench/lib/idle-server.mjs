import { createHash } from "node:crypto";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";

// Begins every answer with one token at once. SIGUSR2 ends all that are open.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TOKEN = JSON.stringify({ delta: "one" });
const DONE = JSON.stringify({ done: "stop" });
const ends = new Set();

function frame(text) {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

function websockets() {
  const server = createHttp();
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      socket.write(frame(TOKEN));
      ends.add(() => socket.write(frame(DONE)));
    });
  });
  return server;
}

function streams() {
  const server = createHttp2({ settings: { maxConcurrentStreams: 100 } });
  server.on("stream", (stream) => {
    stream.on("error", () => stream.close());
    stream.resume();
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    stream.write(`data: ${TOKEN}\n\n`);
    ends.add(() => stream.end(`data: ${DONE}\n\n`));
  });
  return server;
}

process.on("SIGUSR2", () => {
  for (const end of ends) end();
  ends.clear();
});
const server = process.argv[2] === "websocket" ? websockets() : streams();
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(server.address().port));
