import { Answer, answerTools } from "../src/protocols/answer.ts";
import { DIALECTS } from "../src/protocols/dialects/table.ts";
import { STREAM_SAMPLES, type StreamSample } from "../src/protocols/dialects/test/samples.ts";
import { newExchange } from "../src/protocols/exchange.ts";
import { targetFor } from "../test/helpers/target.ts";
import { benchArgs } from "./lib/args.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { alternate, median } from "./lib/rounds.ts";
import { printTable } from "./lib/table.ts";

/** How many content events a CPU second does each dialect read, in this process, without sockets: the reading of an answer alone? */
const EVENTS = 256;
const READ_SIZE = 64 * 1024;
/** No dialect takes more than twice the CPU of openai-chat for an event. */
const LEAST_SHARE = 0.5;

/** Streams of tokens, each event a read of its own into the one buffer that all sockets share, as the client reads them. */
class Streams {
  readonly name: string;
  private readonly answer: Answer;
  private readonly type: string;
  private readonly reads: readonly Buffer[];
  private readonly shared = Buffer.allocUnsafeSlow(READ_SIZE);
  private exchange = newExchange();
  private at = 0;

  constructor(sample: StreamSample) {
    const { protocol, target = {}, type } = sample;
    const { rules } = DIALECTS[protocol].prepare(targetFor("http://127.0.0.1:1", { protocol, ...target }));
    this.name = sample.name;
    this.type = type;
    this.answer = new Answer(answerTools(rules, 1e9), this.exchange);
    const tokens = Array.from({ length: EVENTS }, (_, i) => sample.token(` word${i % 10}`, i));
    this.reads = [sample.open, ...tokens, sample.close].map((text) => Buffer.from(text));
  }

  /** Reads whole streams for this many ms of CPU; content events a CPU second. */
  measure(forMs: number): number {
    const from = process.cpuUsage();
    let used = 0;
    let events = 0;
    do {
      for (let i = 0; i < 50; i++) events += this.stream();
      const { user, system } = process.cpuUsage(from);
      used = (user + system) / 1e6;
    } while (used * 1000 < forMs);
    return events / used;
  }

  private stream(): number {
    const { answer, shared } = this;
    const exchange = newExchange();
    answer.reset(exchange);
    exchange.status = 200;
    answer.open(200, this.type);
    for (const bytes of this.reads) {
      bytes.copy(shared, 0);
      answer.beginRead(this.at++, this.at);
      answer.body(shared, 0, bytes.length);
    }
    answer.close(true);
    answer.state.settle();
    mustBe(exchange.events >= EVENTS, `${this.name} counts ${exchange.events} events of ${EVENTS}`);
    return exchange.events;
  }
}

await bench(async () => {
  const args = benchArgs({ rounds: 5 });
  const forMs = args.quick ? 100 : 500;
  const streams = STREAM_SAMPLES.map((sample) => new Streams(sample)).filter(
    ({ name }) => args.only.length === 0 || args.only.includes(name) || name === "openai-chat",
  );
  for (const each of streams) each.measure(forMs);
  const results = await alternate(args.rounds, streams, (each) => Promise.resolve(each.measure(forMs)));
  const perCpu = (name: string): number => median(results.get(name) ?? []);
  const chat = perCpu("openai-chat");
  console.log(
    `Content events read in a CPU second, in process: ${EVENTS} events a stream, one a read, medians of ${args.rounds}`,
  );
  printTable(
    ["dialect", "events/CPU s", "of openai-chat's"],
    streams.map(({ name }) => [name, Math.round(perCpu(name)), perCpu(name) / chat]),
  );
  finish(
    "dialects",
    args,
    Object.fromEntries(streams.map(({ name }) => [name, results.get(name) ?? []])),
    streams
      .filter(({ name }) => name !== "openai-chat")
      .map(({ name }) => ({
        what: `events per CPU s of ${name} over openai-chat's`,
        limit: LEAST_SHARE,
        sense: "at least",
        measured: perCpu(name) / chat,
      })),
  );
});
