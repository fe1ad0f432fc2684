import { createServer, type Socket } from "node:net";
import { monotonicMs } from "../base/index.ts";

const EVENTS = 30;
const GAP = 10;
/** Events of a warm-up stream: enough, over a few streams, for V8 to compile what reads them as well as it ever will. */
const WARM_EVENTS = 2500;
/** The model name of a request for a warm-up stream. */
export const WARM_UP = "warm-up";

/**
 * A server on loopback whose streams say, in each event, when that event was written (machine's monotonic clock, ms). A request that names
 * `warm-up` gets a longer stream as fast as it goes.
 */
export async function calibrationServer(): Promise<{ readonly url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    // A worker that goes away mid-stream has told its own story; the server's side of it is of no interest.
    socket.on("error", () => socket.destroy());
    socket.once("data", (request) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
      if (request.includes(WARM_UP)) hurry(socket, WARM_EVENTS);
      else pace(socket);
    });
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

function pace(socket: Socket): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (!socket.destroyed && sent++ < EVENTS) {
      write(socket);
      return;
    }
    clearInterval(timer);
    finish(socket);
  }, GAP);
}

/** An event a turn of the loop, so that the other side has a read to do for nearly each. */
function hurry(socket: Socket, left: number): void {
  if (left === 0 || socket.destroyed) {
    finish(socket);
    return;
  }
  write(socket);
  setImmediate(hurry, socket, left - 1);
}

function write(socket: Socket): void {
  chunk(socket, `data: {"choices":[{"delta":{"content":"${monotonicMs()} "},"finish_reason":null}]}\n\n`);
}

function finish(socket: Socket): void {
  if (socket.destroyed) return;
  chunk(socket, 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  socket.end("0\r\n\r\n");
}

function chunk(socket: Socket, event: string): void {
  socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
}
