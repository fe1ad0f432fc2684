import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { StampLog } from "./stamp-log.ts";

/** What bench/native/stub.c does, for machines without a C compiler; same options, same output, later writes. */
const number = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    events: number,
    "gap-us": number,
    "first-us": number,
    "jitter-us": number,
    "tiny-us": number,
    "freeze-at-us": number,
    "freeze-us": number,
    log: number,
  },
});
const ms = (text: string | undefined): number => Number(text ?? 0) / 1000;
const set = {
  events: Number(values.events ?? 128),
  gap: ms(values["gap-us"]),
  first: ms(values["first-us"]),
  jitter: ms(values["jitter-us"]),
  tiny: ms(values["tiny-us"]),
  freezeAt: ms(values["freeze-at-us"]),
  freeze: ms(values["freeze-us"]),
};
const shift = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const log = values.log === undefined ? undefined : new StampLog(values.log);
const counted = { requests: 0, tiny: 0, events: 0, ends: 0, broken: 0, blocked: 0, connections: 0, mostOpen: 0 };
const bins: number[] = [];
const late: number[] = [];
const times = { first: 0, last: 0, frozeFrom: 0, frozeTo: 0 };
let open = 0;

const frame = (choices: unknown, more: object = {}): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-5f0c2b7e9a41", object: "chat.completion.chunk", created: 1_790_000_000, model: "bench-model", system_fingerprint: "fp_bench", choices, ...more })}\n\n`;
const usage = { prompt_tokens: 12, completion_tokens: set.events, total_tokens: set.events + 12 };
const finish = `${frame([{ index: 0, delta: {}, finish_reason: "stop" }])}${frame([], { usage })}data: [DONE]\n\n`;
const words = [
  " the",
  " load",
  " line",
  ",",
  " holds",
  " while",
  " water",
  " stays",
  " calm",
  ".",
  " été",
  "\n",
  ' "so"',
  " a",
  " ship",
  " sails",
];
const content = words.map((word) => frame([{ index: 0, delta: { content: word }, finish_reason: null }]));

function at(deadline: number, act: () => void): void {
  setTimeout(() => {
    late.push(performance.now() - deadline);
    act();
  }, deadline - performance.now());
}

function stream(response: ServerResponse, trace: string, base: number): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  let next = 0;
  const fire = (): void => {
    if (response.destroyed) {
      counted.broken++;
      return;
    }
    const now = performance.now();
    times.last = now;
    if (next === set.events) {
      counted.ends++;
      log?.add(trace, now, next, 2);
      response.end(finish);
      return;
    }
    log?.add(trace, now, next, 1);
    counted.events++;
    const bin = Math.floor((now - times.first) / 100);
    for (let i = bins.length; i <= bin; i++) bins.push(0);
    bins[bin] = (bins[bin] ?? 0) + 1;
    response.write(content[next % content.length]);
    next++;
    at(base + next * set.gap, fire);
  };
  at(base, fire);
}

function json(response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const now = performance.now();
  if (request.method === "GET") {
    json(response, { object: "list", data: [{ id: "bench-model", object: "model", owned_by: "bench" }] });
    return;
  }
  if (times.first === 0) {
    times.first = now;
    if (set.freeze > 0) setTimeout(freeze, set.freezeAt);
  }
  const parent = request.headers.traceparent;
  const trace = typeof parent === "string" ? parent.slice(19, 35) : "0".repeat(16);
  log?.add(trace, now, 0, 0);
  const spread = Math.random() * set.jitter;
  if (request.url?.startsWith("/tiny") === true) {
    counted.tiny++;
    const reply = (): void => {
      times.last = performance.now();
      json(response, { text: "ok", usage: { input_tokens: 12, output_tokens: 1 } });
    };
    if (set.tiny + spread > 0) at(now + set.tiny + spread, reply);
    else reply();
    return;
  }
  counted.requests++;
  stream(response, trace, now + set.first + spread);
}

function freeze(): void {
  times.frozeFrom = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, set.freeze);
  times.frozeTo = performance.now();
}

const server = createServer((request, response) => {
  request.resume().once("end", () => answer(request, response));
});
server.keepAliveTimeout = 600_000;
server.on("connection", (socket) => {
  socket.setNoDelay(true);
  counted.connections++;
  counted.mostOpen = Math.max(counted.mostOpen, ++open);
  socket.on("close", () => open--).on("error", () => socket.destroy());
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});
process.stdin.resume().once("end", () => {
  const sorted = late.sort((x, y) => x - y);
  const share = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  const ns = (time: number): string => (time === 0 ? "0" : String(Math.round((time + shift) * 1e6)));
  const text = {
    ...counted,
    firstRequestNs: ns(times.first),
    lastWriteNs: ns(times.last),
    frozeFromNs: ns(times.frozeFrom),
    frozeToNs: ns(times.frozeTo),
    lateP50: share(0.5),
    lateP99: share(0.99),
    lateMax: share(1),
    bins,
  };
  log?.close();
  process.stdout.write(`${JSON.stringify(text)}\n`, () => process.exit(0));
});
