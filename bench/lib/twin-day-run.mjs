// A table of requests on eight replicas in virtual time, as the built product plays it: no TypeScript loader in the figures. Prints one line of JSON.
import { randomStream } from "../../dist/base/index.js";
import { normalQuantile } from "../../dist/stats/index.js";
import { resolveStack, simulateRequests } from "../../dist/twin/index.js";

const hours = Number(process.argv[2]);
const fastForward = process.argv[3] !== "exact";
/** These requests share no prompt: without its prefix cache the engine serves them alike, and need not keep the names of its blocks. */
const prefixCache = process.argv[4] !== "no-prefix-cache";
const MB = 1e6;
const QUARTERS = 4;

const spec = resolveStack({
  name: "eight replicas",
  seed: 7,
  parts: { llm: { kind: "pool", preset: "llama-3-8b-a100", replicas: 8, engine: { prefixCache } } },
});

/** Poisson, 20 a second; lengths log-normal with the moments of the logarithms of Azure's conversation trace of 2023, and its largest. */
function* requests() {
  const random = randomStream(1, "twin day");
  const draw = () => normalQuantile(Math.max(Number.EPSILON, random.next()));
  const tokens = (median, sigma, most) => Math.max(1, Math.min(most, Math.round(median * Math.exp(sigma * draw()))));
  const end = hours * 3_600_000;
  for (let at = 0; ; ) {
    at -= Math.log(1 - random.next()) * 50;
    if (at >= end) return;
    yield { at, inputTokens: tokens(760, 0.985, 14_050), outputTokens: tokens(151, 0.859, 1000) };
  }
}

let done = 0;
let input = 0;
let output = 0;
let ttft = 0;
let e2e = 0;
const engines = [];
const resident = [];
const quarter = (hours * 3_600_000) / QUARTERS;
const cpu = process.cpuUsage();
const begun = performance.now();
const end = simulateRequests(
  spec,
  requests(),
  {
    done(_index, { arrivedAt, firstTokenAt, endAt }, figures) {
      done++;
      input += figures.inputTokens;
      output += figures.outputTokens;
      ttft += firstTokenAt - arrivedAt;
      e2e += endAt - arrivedAt;
      if (endAt >= quarter * (resident.length + 1)) resident.push(process.memoryUsage.rss() / MB);
    },
  },
  { fastForward, engines: { started: (_part, _replica, engine) => engines.push(engine) } },
);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
const sum = (pick) => engines.reduce((total, engine) => total + pick(engine.counters), 0);
console.log(
  JSON.stringify({
    requests: end.requests,
    done,
    failed: end.failed,
    input,
    output,
    generated: sum((counters) => counters.generatedTokens),
    steps: sum((counters) => counters.steps),
    ttft: ttft / done,
    e2e: e2e / done,
    seconds,
    cpu: (user + system) / 1e6,
    resident,
  }),
);
