import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** One websocket as its server sees it. */
export interface ServerSocket {
  /** Its handshake's request. */
  readonly request: IncomingMessage;
  /** Whole text or binary messages of the client. */
  readonly messages: readonly string[];
  /** Opcodes of all frames of the client, in order. */
  readonly opcodes: readonly number[];
  /** Close code of the client; undefined: none came. */
  readonly closeCode: number | undefined;
  readonly gone: boolean;
  text(message: string): void;
  raw(bytes: Uint8Array): void;
  end(): void;
}

export interface SocketServer {
  readonly url: string;
  readonly sockets: readonly ServerSocket[];
  close(): Promise<void>;
}

export interface SocketBehaviour {
  message?(socket: ServerSocket, message: string, number: number): void;
  open?(socket: ServerSocket): void;
  /** Head lines of the handshake's answer; undefined: as the protocol has it. */
  handshake?(request: IncomingMessage, accept: string): string | undefined;
}

/** A websocket server on loopback, written from RFC 6455 for the server's side, that can misbehave byte by byte. */
export async function socketServer(behaviour: SocketBehaviour): Promise<SocketServer> {
  const sockets: ServerSocket[] = [];
  const streams = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(426).end("upgrade"));
  server.on("upgrade", (request, stream: Duplex) => {
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
    stream.on("error", () => stream.destroy());
    const key = String(request.headers["sec-websocket-key"]);
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const own = behaviour.handshake?.(request, accept);
    stream.write(
      own ??
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const socket = serve(stream, request, behaviour);
    sockets.push(socket);
    behaviour.open?.(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/chat`,
    sockets,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const stream of streams) stream.destroy();
      await closed;
    },
  };
}

function serve(stream: Duplex, request: IncomingMessage, behaviour: SocketBehaviour): ServerSocket {
  const messages: string[] = [];
  const opcodes: number[] = [];
  let closeCode: number | undefined;
  let gone = false;
  let pending: Buffer = Buffer.alloc(0);
  stream.on("close", () => {
    gone = true;
  });
  const socket: ServerSocket = {
    request,
    messages,
    opcodes,
    get closeCode() {
      return closeCode;
    },
    get gone() {
      return gone;
    },
    text: (message) => void stream.write(serverFrame(1, Buffer.from(message))),
    raw: (bytes) => void stream.write(bytes),
    end: () => void stream.end(),
  };
  stream.on("data", (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    for (let frame = take(pending); frame !== undefined; frame = take(pending)) {
      pending = pending.subarray(frame.size);
      opcodes.push(frame.opcode);
      if (frame.opcode === 8) {
        closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
        stream.end();
      }
      if (frame.opcode > 2) continue;
      messages.push(frame.payload.toString());
      behaviour.message?.(socket, frame.payload.toString(), messages.length - 1);
    }
  });
  return socket;
}

/** A frame as a server sends it: not masked. */
export function serverFrame(opcode: number, payload: Buffer, final = true): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The first frame of a client, unmasked; undefined: not whole. A frame that is not masked is an error. */
function take(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  if (((bytes[1] ?? 0) & 0x80) === 0) throw new Error("a client's frame must be masked");
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head + 4) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const size = head + 4 + length;
  if (bytes.length < size) return undefined;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, size).map((byte, i) => byte ^ (mask[i & 3] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, size };
}
