import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** One step of an answer on the wire. */
export type Step =
  /** Bytes as they stand; text is UTF-8. */
  | { readonly write: string | Uint8Array }
  /** Writes again and again until the other side stops reading or leaves. */
  | { readonly flood: string | Uint8Array }
  /** ms of silence. */
  | { readonly wait: number }
  /** Silence until the other side leaves. */
  | "hang"
  /** FIN. */
  | "end"
  /** RST. */
  | "reset";

/** What each request gets: chosen by its text, its number on the server and its number on the connection, all from 0. */
export type Script = (request: string, number: number, onConnection: number) => readonly Step[];

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Every request as it arrived: head and body. */
  readonly requests: readonly string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

/**
 * A TCP server on loopback that answers each HTTP/1.1 request (content-length or no body) with the steps of a script, byte for byte
 * as given. The connection stays open after the last step unless a step ends it.
 */
export async function rawServer(script: Script, atConnect: readonly Step[] = []): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    // A peer that resets is part of what is tested.
    socket.on("error", () => socket.destroy());
    const gone = new Promise<void>((done) => socket.once("close", () => done()));
    let work = play(socket, gone, atConnect);
    let pending: Buffer = Buffer.alloc(0);
    let onConnection = 0;
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let length = lengthOf(pending); length !== undefined; length = lengthOf(pending)) {
        const request = pending.subarray(0, length).toString();
        pending = pending.subarray(length);
        const steps = script(request, requests.length, onConnection++);
        requests.push(request);
        work = work.then(() => play(socket, gone, steps));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : Number.NaN;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Bytes of the first whole request in a buffer. */
function lengthOf(buffer: Buffer): number | undefined {
  const end = buffer.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = buffer.subarray(0, end).toString("latin1");
  const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return buffer.length >= length ? length : undefined;
}

/** `gone`: the connection's end, one promise for all that wait for it, however many requests it carries. */
async function play(socket: Socket, gone: Promise<void>, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (step === "end") socket.end();
    else if (step === "reset") socket.resetAndDestroy();
    else if (step === "hang") await gone;
    else if ("wait" in step) await Promise.race([gone, new Promise((done) => setTimeout(done, step.wait).unref())]);
    else if ("write" in step) socket.write(step.write);
    else await flood(socket, gone, step.flood);
  }
}

async function flood(socket: Socket, gone: Promise<void>, bytes: string | Uint8Array): Promise<void> {
  while (!socket.destroyed) {
    if (socket.write(bytes)) await new Promise((done) => setImmediate(done));
    else await Promise.race([gone, new Promise((done) => socket.once("drain", done))]);
  }
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await rawServer(() => []);
  await server.close();
  return server.port;
}
