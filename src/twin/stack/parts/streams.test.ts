import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Outcome, session } from "../../../../test/helpers/stack.ts";

const STACK = {
  gateway:
    "kind: gateway, to: app, auth: sign-on, time: { mean: 1ms }, retries: { count: 2, backoff: 20ms }, timeout: { firstToken: 2s }",
  "sign-on": "kind: station, stage: auth, servers: 4, service: { median: 3ms, p99: 12ms }",
  app: "kind: app, to: models, time: { mean: 2ms }, steps: [ { call: embedder }, { call: vectors, adds: 300 }, { call: tool, share: 0.3 } ]",
  embedder: "kind: embedder, fixed: 4ms, perToken: 0.02ms",
  vectors: "kind: vector-db, servers: 4, service: { median: 12ms, p99: 60ms }",
  tool: "kind: station, stage: tool, servers: 16, service: { median: 50ms, p99: 300ms }, errors: 0.05",
  models:
    "kind: router, time: { mean: 2ms }, otherwise: { split: { small: 2, provider: 1 } }, fallback: [ small, provider ]",
  small: "kind: pool, preset: tiny, replicas: 2",
  provider: "kind: external, ttft: { median: 150ms, p99: 900ms }, gap: { median: 8ms, p99: 40ms }, errors: 0.03",
};

function run(changes: Partial<typeof STACK> = {}, seed = 1): Outcome[] {
  const parts = Object.entries({ ...STACK, ...changes }).map(([name, fields]) => `  ${name}: { ${fields} }`);
  const { kernel, ask } = session(`seed: ${seed}\nentry: gateway\nparts:\n${parts.join("\n")}`);
  const outcomes = poisson(0.02, 400).map(({ at }) => ask({ at, tokens: 100, out: 12 }));
  kernel.run();
  return outcomes;
}

/** What each station drew for each call's first visit, to the microsecond; what went where. */
function drawn(outcomes: readonly Outcome[], part: string): (number | undefined)[] {
  return outcomes.map(({ spans }) => {
    const span = spans.find((each) => each.part === part);
    const ms = span?.attributes?.serviceMs ?? (span === undefined ? undefined : span.to - span.from);
    return ms === undefined ? undefined : Math.round(Number(ms) * 1000);
  });
}

const traceOf = (outcomes: readonly Outcome[]) =>
  JSON.stringify(
    outcomes.map(({ spans, endAt, failure, servedBy, figures }) => [spans, endAt, failure, servedBy?.part, figures]),
  );

test("the same stack, seed and load give the same trace, to the last digit; another seed gives another", () => {
  const trace = traceOf(run());
  expect(traceOf(run())).toBe(trace);
  expect(traceOf(run({}, 2))).not.toBe(trace);
});

const CHANGES: readonly (readonly [keyof typeof STACK, string])[] = [
  ["gateway", `${STACK.gateway}, concurrency: 500`],
  ["sign-on", STACK["sign-on"].replace("median: 3ms", "median: 6ms")],
  ["app", STACK.app.replace("mean: 2ms", "mean: 9ms")],
  ["embedder", STACK.embedder.replace("4ms", "40ms")],
  ["vectors", STACK.vectors.replace("servers: 4", "servers: 1").replace("median: 12ms", "median: 30ms")],
  ["models", STACK.models.replace("mean: 2ms", "mean: 5ms")],
  ["provider", STACK.provider.replace("median: 8ms", "median: 16ms")],
];

for (const [changed, fields] of CHANGES) {
  test(`a change of ${changed} moves no draw of another part`, () => {
    const before = run();
    const after = run({ [changed]: fields });
    for (const part of ["sign-on", "vectors", "tool"]) {
      if (part !== changed) expect(drawn(after, part)).toEqual(drawn(before, part));
    }
    if (changed === "models" || changed === "provider") return;
    const provider = (outcomes: readonly Outcome[]) => drawn(outcomes, "provider");
    expect(provider(after)).toEqual(provider(before));
  });
}
