import type { ServerResponse } from "node:http";
import type { AnswerSink } from "./engine.ts";
import type { Answer, Format } from "./formats.ts";
import type { Ending } from "./schedule.ts";
import type { SendLog } from "./send-log.ts";

interface ReplyParts {
  readonly response: ServerResponse;
  readonly request: { readonly id: string; readonly trace: string };
  readonly answer: Answer;
  readonly format: Format;
  readonly log: SendLog;
  readonly now: () => number;
  readonly over: (tokens: number) => void;
}

/** Writes one answer as its tokens fall due. A stream's head leaves at once, as model servers do. */
export function reply(parts: ReplyParts): AnswerSink {
  return parts.format.kind === "stream" ? streamReply(parts, parts.format) : wholeReply(parts, parts.format);
}

function streamReply(parts: ReplyParts, format: Extract<Format, { kind: "stream" }>): AnswerSink {
  const { response, request, answer, log, now, over } = parts;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  log.sent(request, "head", 0, now());
  response.flushHeaders();
  return {
    token(index, ending) {
      const token = format.token(answer, index);
      log.sent(request, "token", index, now());
      writeChunk(response, ending === undefined ? token : token + tail(format, answer, ending));
      if (ending === undefined) return;
      over(index + 1);
      if (ending === "sever") response.destroy();
      else response.end();
    },
  };
}

function tail(format: Extract<Format, { kind: "stream" }>, answer: Answer, ending: Ending): string {
  if (ending === "sever") return "";
  return ending === "stream-error" ? format.fault(answer) : format.end(answer, ending);
}

function wholeReply(parts: ReplyParts, format: Extract<Format, { kind: "whole" }>): AnswerSink {
  const { response, request, answer, log, now, over } = parts;
  return {
    token(index, ending) {
      if (ending === undefined) return;
      over(index + 1);
      const body = Buffer.from(format.body(answer, ending));
      const broken = ending === "sever" || ending === "stream-error";
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      log.sent(request, "body", 0, now());
      if (!broken) response.end(body);
      else response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    },
  };
}

/**
 * One chunk straight to the socket: `response.write` costs several times as much, and this process shares the machine with the
 * generator that measures it. Allowed because the head is out and nothing else writes to the connection until the response ends.
 */
function writeChunk(response: ServerResponse, text: string): void {
  if (!response.chunkedEncoding || response.socket === null) response.write(text);
  else response.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}
