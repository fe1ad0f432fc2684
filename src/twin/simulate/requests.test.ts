import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeTime } from "../../../test/helpers/fake-time.ts";
import { randomStream } from "../../base/index.ts";
import { buildStack, RealKernel, resolveStack, type StackSpec } from "../stack/index.ts";
import { RequestCall, type SimulatedRequest } from "./request-call.ts";
import { simulateRequests } from "./requests.ts";

function pool(fields: Readonly<Record<string, unknown>> = {}): StackSpec {
  return resolveStack({ name: "pool", seed: 3, parts: { llm: { kind: "pool", preset: "tiny", ...fields } } });
}

function* poisson(seed: number, perSecond: number, count: number): Generator<SimulatedRequest> {
  const random = randomStream(seed, "requests");
  for (let at = 0, i = 0; i < count; i++) {
    at -= (Math.log(1 - random.next()) * 1000) / perSecond;
    yield { at, inputTokens: 1 + (random.uint32() % 300), outputTokens: 1 + (random.uint32() % 60) };
  }
}

interface Told {
  readonly firstTokenAt: number;
  readonly endAt: number;
  readonly replica: string | undefined;
}

function play(spec: StackSpec, requests: Iterable<SimulatedRequest>, fastForward: boolean): (Told | undefined)[] {
  const told: (Told | undefined)[] = [];
  simulateRequests(
    spec,
    requests,
    {
      done: (index, { firstTokenAt, endAt, replica }) => {
        told[index] = { firstTokenAt, endAt, replica };
      },
    },
    { fastForward },
  );
  return told;
}

const STACKS = {
  "two replicas": { replicas: 2 },
  "memory that runs out": { engine: { blocks: 60 } },
  "slots, as llama.cpp has them": { engine: { dialect: "llamacpp", maxSeqs: 3, blockSize: 1, blocks: 4096 } },
};

test.each(Object.entries(STACKS))(
  "a stack on a late real clock tells the very times of virtual time: %s",
  (_, fields) => {
    const spec = pool(fields);
    const time = new FakeTime();
    const { setTimer, clearTimer, soon } = time.timers;
    const kernel = new RealKernel(time, {
      soon,
      setTimer: (run, ms) => {
        const timer = setTimer(run, ms);
        return () => clearTimer(timer);
      },
    });
    const stack = buildStack(spec, kernel, { sinks: () => ({}), fastForward: false });
    const live: (Told | undefined)[] = [];
    const came: SimulatedRequest[] = [];
    const lags = randomStream(5, "lags");
    for (const request of poisson(11, 12, 150)) {
      time.advance(Math.max(time.now(), request.at));
      // The machine does something else now and then: neither timers nor requests are served meanwhile.
      if (lags.next() < 0.2) time.busy(30 * lags.next());
      const at = time.now();
      came.push({ ...request, at });
      const done = (index: number, { firstTokenAt, endAt, replica }: Told): void => {
        live[index] = { firstTokenAt, endAt, replica };
      };
      const call = new RequestCall(came.length - 1, { ...request, at }, { done }, () => undefined);
      kernel.post(() => stack.take(call, call));
    }
    time.advance(time.now() + 600_000);
    expect(live.filter((one) => one !== undefined)).toHaveLength(150);
    expect(kernel.lateness.max).toBeGreaterThan(5);
    expect(play(spec, came, false)).toEqual(live);
  },
);

test("no request is lost, none ends before it came, and its tokens take their time", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(...Object.values(STACKS)),
      (seed, rate, fields) => {
        const asked = [...poisson(seed, rate, 80)];
        const told = play(pool(fields), asked, true);
        expect(told).toHaveLength(80);
        told.forEach((one, i) => {
          expect(one?.firstTokenAt).toBeGreaterThan(asked[i]?.at ?? Number.NaN);
          expect(one?.endAt).toBeGreaterThanOrEqual(one?.firstTokenAt ?? Number.NaN);
        });
      },
    ),
    { numRuns: 20 },
  );
});

test("requests that say what they share find it in the prefix cache, and only that", () => {
  const cached: number[] = [];
  const shared = { size: 64, hashes: [11, 12, 13] };
  const asked: SimulatedRequest[] = [
    { at: 0, inputTokens: 400, outputTokens: 5, blocks: shared },
    { at: 60_000, inputTokens: 400, outputTokens: 5, blocks: shared },
    { at: 120_000, inputTokens: 400, outputTokens: 5 },
    { at: 180_000, inputTokens: 400, outputTokens: 5, blocks: { size: 64, hashes: [11, 99] } },
  ];
  simulateRequests(pool(), asked, { done: (index, _, figures) => (cached[index] = figures.cachedTokens) });
  expect(cached).toEqual([0, 192, 0, 64]);
});

test("a table whose times run back is refused", () => {
  const request = { inputTokens: 1, outputTokens: 1 };
  expect(() =>
    simulateRequests(pool(), [
      { at: 5, ...request },
      { at: 4, ...request },
    ]),
  ).toThrow(RangeError);
});
