import { clockSince, startTicks } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import { type Client, createClient, type Exchange, newExchange } from "../protocols/index.ts";
import { nearestRank } from "../stats/index.ts";
import { WARM_UP } from "./calibration-server.ts";
import type { Calibration } from "./messages.ts";

/** Streams at once; enough to have several ready in one turn of the loop, few enough to leave the machine at rest. */
const STREAMS = 8;

/**
 * Measures the noise floor: this thread's own client reads streams whose events carry the time at which the conductor wrote them, and
 * compares. Before that a burst has the hot path compiled, or the first seconds of a run would measure V8's compilers with it. The URL's server
 * is {@link calibrationServer}.
 */
export async function calibrate(url: string, like: Target): Promise<Calibration | undefined> {
  const clock = clockSince(0);
  const { proxy: _proxy, ...direct } = like;
  const target: Target = {
    ...direct,
    url,
    protocol: "openai-chat",
    method: "POST",
    model: "calibration",
    headers: {},
    parameters: {},
    tls: { verify: true },
    timeouts: { connect: 1000, firstToken: 2000, idle: 2000, total: 4000 },
    connections: { max: STREAMS, keepAlive: false },
    maxAnswerBytes: 1 << 20,
  };
  await streams({ ...target, model: WARM_UP });
  const exchanges = await streams(target);
  const errors = exchanges.flatMap(stampErrors).sort((a, b) => a - b);
  if (errors.length === 0) return undefined;
  const events = exchanges.reduce((sum, exchange) => sum + exchange.events, 0);
  const shared = exchanges.reduce((sum, exchange) => sum + exchange.sharedEvents, 0);
  return {
    events,
    p50: nearestRank(errors, 0.5),
    p99: nearestRank(errors, 0.99),
    shared: shared / Math.max(1, events),
  };

  async function streams(of: Target): Promise<readonly Exchange[]> {
    const client = createClient(of, clock, { maxSockets: STREAMS, redact: (text) => text });
    const stopTicks = startTicks(clock, 20, (now) => client.sweep(now));
    const ended = await Promise.all(Array.from({ length: STREAMS }, (_, i) => stream(client, i)));
    stopTicks();
    client.close();
    return ended;
  }

  function stream(client: Client, index: number): Promise<Exchange> {
    const exchange = newExchange();
    exchange.startedAt = clock.now();
    exchange.gapLog = [];
    return new Promise((resolve) => {
      const request = {
        sessionId: String(index),
        turn: 0,
        attempt: 0,
        persona: "calibration",
        prompt: "",
        messages: [],
        maxTokens: undefined,
        traceId: [0, 0, 0, 1] as const,
      };
      client.send(request, exchange, resolve);
    });
  }
}

/**
 * Read stamp less write time, ms, for each event of a stream. An event belongs to the first read that is not before its write; where
 * reads were so late that several events share one, each has its own error.
 */
export function stampErrors(exchange: Pick<Exchange, "text" | "gapLog" | "firstTokenAt">): number[] {
  const sent = exchange.text.trim().split(" ").map(Number);
  const reads = [exchange.firstTokenAt];
  for (const gap of exchange.gapLog ?? []) reads.push((reads.at(-1) ?? Number.NaN) + gap);
  let read = 0;
  return sent.flatMap((time) => {
    while (read < reads.length && (reads[read] ?? 0) < time) read++;
    const stamp = reads[read];
    return stamp === undefined || Number.isNaN(stamp - time) ? [] : [stamp - time];
  });
}
