import { createServer, type Socket } from "node:net";
import { monotonicMs } from "../base/index.ts";

const EVENTS = 30;
const GAP = 10;

/** A server on loopback whose streams say, in each event, when that event was written (machine's monotonic clock, ms). */
export async function calibrationServer(): Promise<{ readonly url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    // A worker that goes away mid-stream has told its own story; the server's side of it is of no interest.
    socket.on("error", () => socket.destroy());
    socket.once("data", () => stream(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    url: `http://127.0.0.1:${address.port}/v1/chat/completions`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function stream(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  let sent = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) {
      clearInterval(timer);
      return;
    }
    if (sent++ < EVENTS) {
      write(socket, `data: {"choices":[{"delta":{"content":"${monotonicMs()} "},"finish_reason":null}]}\n\n`);
      return;
    }
    clearInterval(timer);
    write(socket, 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    socket.end("0\r\n\r\n");
  }, GAP);
}

function write(socket: Socket, event: string): void {
  socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
}
