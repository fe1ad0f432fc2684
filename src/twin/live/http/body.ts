import type { IncomingMessage } from "node:http";

/** Bodies beyond this are refused; OpenAI and vLLM take less. */
export const LARGEST_BODY = 32 * 1024 * 1024;

/** Reads a body whole. `undefined`: it is larger than {@link LARGEST_BODY}. Nothing is called for a body that breaks off. */
export function readBody(message: IncomingMessage, done: (text: string | undefined) => void): void {
  const declared = Number(message.headers["content-length"] ?? 0);
  if (declared > LARGEST_BODY) {
    message.resume();
    done(undefined);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let over = false;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (over) return;
    if (size <= LARGEST_BODY) chunks.push(chunk);
    else {
      over = true;
      chunks.length = 0;
      done(undefined);
    }
  });
  message.on("end", () => {
    if (!over) done(Buffer.concat(chunks).toString());
  });
}
