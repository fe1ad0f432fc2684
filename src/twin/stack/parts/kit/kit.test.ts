import fc from "fast-check";
import { expect, test } from "vitest";
import { callOf, Outcome } from "../../../../../test/helpers/stack.ts";
import type { Call, Failure, Flight, Part, Reply } from "../../types.ts";
import { failureOf, plainFigures } from "./failures.ts";
import { endOnly, Leg } from "./leg.ts";
import { Lru } from "./lru.ts";
import { Slots } from "./slots.ts";
import { finishAt } from "./times.ts";
import { TokenBucket } from "./token-bucket.ts";

test("slots let in no more than their limit, in order, and lose nobody, whoever leaves when", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.oneof(fc.constant("come"), fc.nat(30)), { maxLength: 120 }),
      (limit, most, script) => {
        const slots = new Slots(limit, most);
        const granted: number[] = [];
        const claims: { release(): void }[] = [];
        const inside = new Set<number>();
        const queue: number[] = [];
        for (const word of script) {
          if (word === "come") {
            const id = claims.length;
            const claim = slots.claim(() => {
              granted.push(id);
              inside.add(id);
              if (queue[0] === id) queue.shift();
            });
            claims.push(claim);
            const entered = claim.enter();
            expect(entered).toBe(inside.has(id) || queue.length < most);
            if (entered && !inside.has(id)) queue.push(id);
          } else {
            inside.delete(word);
            if (queue.includes(word)) queue.splice(queue.indexOf(word), 1);
            claims[word]?.release();
            claims[word]?.release();
          }
          expect(slots.running).toBe(inside.size);
          expect(slots.waiting).toBe(queue.length);
          expect(inside.size).toBeLessThanOrEqual(limit);
          expect(queue.length === 0 || inside.size === limit).toBe(true);
        }
        expect(granted).toEqual([...granted].sort((a, b) => a - b));
      },
    ),
  );
});

test("a long queue of calls that fail as soon as they are let in does not run out of stack", () => {
  const slots = new Slots(1);
  const first = slots.claim(() => undefined);
  first.enter();
  let failed = 0;
  for (let i = 0; i < 100_000; i++) {
    const claim = slots.claim(() => {
      failed++;
      claim.release();
    });
    claim.enter();
  }
  first.release();
  expect([failed, slots.running, slots.waiting]).toEqual([100_000, 0, 0]);
});

test("a token bucket lets through no more than its size and its rate over any stretch, and all of it where enough is asked", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 100 }),
      (perMinute, size, asks) => {
        const bucket = new TokenBucket(perMinute, size, 0);
        let now = 0;
        const taken: { at: number; amount: number }[] = [];
        for (const [gap, amount] of asks) {
          now += gap;
          const wait = bucket.wait(amount, now);
          const got = bucket.take(amount, now);
          expect(got).toBe(wait < 1e-6);
          if (got) taken.push({ at: now, amount });
          else if (Number.isFinite(wait)) expect(bucket.has(amount, now + wait)).toBe(true);
          else expect(amount).toBeGreaterThan(size);
        }
        for (let from = 0; from < taken.length; from++) {
          let sum = 0;
          for (const { at, amount } of taken.slice(from)) {
            sum += amount;
            expect(sum).toBeLessThanOrEqual(size + ((at - (taken[from]?.at ?? 0)) * perMinute) / 60_000 + 1e-6);
          }
        }
      },
    ),
  );
});

test("asked all the time, a bucket gives exactly its size and its rate", () => {
  const bucket = new TokenBucket(90, 7, 0);
  let got = 0;
  for (let at = 0; at <= 3_600_000; at += 10) if (bucket.take(1, at)) got++;
  expect(got).toBe(7 + 90 * 60);
});

test("work through slow periods ends when its speed, summed over time, has done it", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          from: fc.nat(1000),
          length: fc.integer({ min: 1, max: 500 }),
          factor: fc.integer({ min: 1, max: 8 }),
        }),
        {
          maxLength: 5,
        },
      ),
      fc.nat(1200),
      fc.integer({ min: 1, max: 600 }),
      (written, start, ms) => {
        const periods = written.map(({ from, length, factor }) => ({ from, to: from + length, factor }));
        const end = finishAt(periods, start, ms);
        // All edges are whole: the speed is the same within each ms.
        let done = 0;
        for (let at = start; at < end; at++) {
          const factor = periods.reduce((all, { from, to, factor: by }) => (from <= at && at < to ? all * by : all), 1);
          done += Math.min(1, end - at) / factor;
        }
        expect(done).toBeCloseTo(ms, 6);
      },
    ),
  );
});

test("an LRU map forgets what was longest not used", () => {
  const lru = new Lru<string, number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  lru.get("a");
  expect(lru.set("c", 3)).toBe(2);
  expect([lru.get("a"), lru.get("b"), lru.get("c"), lru.size]).toEqual([1, undefined, 3, 2]);
});

/** A part that answers before its `take` returns. */
function hasty(answer: (reply: Reply) => void): Part & { cancelled: number } {
  const part = {
    name: "hasty",
    cancelled: 0,
    models: [],
    load: { waiting: 0, running: 0 },
    gauges: () => [],
    take(_: Call, reply: Reply): Flight {
      answer(reply);
      return { cancel: () => void part.cancelled++ };
    },
  };
  return part;
}

test("a call that is answered, or left, before its flight is there ends all the same", () => {
  const call = callOf(0, { at: 0 }, new Outcome(0));
  const failures: Failure[] = [];
  const failing = new Leg(
    endOnly(
      () => undefined,
      (_, failure) => failures.push(failure),
    ),
  ).start(
    hasty((reply) => reply.failed(0, failureOf("hasty", 503, "no"))),
    call,
  );
  expect([failing.open, failures.length]).toEqual([false, 1]);
  const part = hasty((reply) => reply.firstToken(0));
  const leg: Leg = new Leg({
    served: () => undefined,
    firstToken: () => leg.cancel(),
    tokens: () => undefined,
    done: () => expect.unreachable(),
    failed: () => expect.unreachable(),
  });
  leg.start(part, call);
  expect([leg.open, part.cancelled]).toEqual([false, 1]);
  leg.done(1, plainFigures(1, 1));
});
