import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { PlimsollError, randomStream } from "../../base/index.ts";
import { burstiness, type ReplaySettings, schedule, startAt, startsBySteps, startsOf } from "./schedule.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-schedule-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** A trace of requests at these seconds; the input of each is its number. */
function traceOf(seconds: readonly number[]): string {
  const file = join(folder, `${++files}.csv`);
  const rows = seconds.map((at, i) => `${at},${i},7`);
  writeFileSync(file, `arrived_at,num_prefill_tokens,num_decode_tokens\n${rows.join("\n")}\n`);
  return file;
}

function settings(file: string, more: Partial<ReplaySettings> = {}): ReplaySettings {
  return { source: { file }, from: 0, speed: 1, rate: 1, loop: 1, ...more };
}

/** Bursts of some forty requests, Poisson among themselves. */
function bursty(seed: number, length: number): number[] {
  const random = randomStream(seed, "test");
  const at: number[] = [];
  for (let burst = 0; burst < length; burst += -Math.log(1 - random.next()) * 20) {
    const size = Math.ceil(-Math.log(1 - random.next()) * 40);
    let inside = burst;
    for (let i = 0; i < size; i++) {
      at.push(inside);
      inside += -Math.log(1 - random.next()) * 0.05;
    }
  }
  return at.sort((a, b) => a - b);
}

function poisson(seed: number, length: number, rate: number): number[] {
  const random = randomStream(seed, "test");
  const at: number[] = [];
  for (let now = 0; now < length; now += -Math.log(1 - random.next()) / rate) at.push(now);
  return at;
}

describe("a replay", () => {
  it("starts every request at its own time, divided by the speed, with nothing added or left out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 2, maxLength: 50 }),
        fc.constantFrom(0.5, 1, 10),
        (drawn, speed) => {
          const seconds = drawn.map((ms) => ms / 1000).sort((a, b) => a - b);
          const made = schedule(settings(traceOf(seconds), { speed }), 1);
          const first = seconds[0] ?? 0;
          expect(Array.from(made.at)).toEqual(seconds.map((at) => expect.closeTo(((at - first) * 1000) / speed, 6)));
          expect(made.at.every((at) => at < made.period)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("cuts by the trace's own time, and says where there is nothing", () => {
    const file = traceOf([10, 11, 12, 13, 14]);
    const made = schedule(settings(file, { from: 1000, for: 2000, speed: 2 }), 1);
    expect([Array.from(made.at), Array.from(made.table.input), made.period]).toEqual([[0, 500], [1, 2], 1000]);
    for (const part of [{ from: 60_000 }, { from: 0, for: 60_000 }]) {
      expect(() => schedule(settings(file, part), 1)).toThrow(PlimsollError);
    }
  });

  it("loops at its own length, so that the mean rate stays", () => {
    const made = schedule(settings(traceOf([0, 1, 2, 3]), { loop: 3 }), 1);
    const all = Array.from({ length: startsOf(made) }, (_, k) => startAt(made, k));
    expect(all.map(({ at }) => at)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 11_000]);
    expect(all.map(({ loop }) => loop)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it("counts its load exactly", () => {
    const made = schedule(settings(traceOf(poisson(3, 100, 5)), { loop: 2 }), 1);
    const { every, values } = startsBySteps(made, 13);
    expect(values.reduce((sum, rate) => sum + (rate * every) / 1000, 0)).toBeCloseTo(startsOf(made), 6);
    expect(every * 13).toBeCloseTo(made.period * 2, 6);
  });
});

describe("a replay at another rate", () => {
  it("has as many requests as asked for, to one, and the same ones for the same seed", () => {
    const file = traceOf(bursty(1, 600));
    for (const rate of [0.1, 0.5, 0.9, 1.5, 3, 7.25]) {
      const made = schedule(settings(file, { rate }), 5);
      expect(Math.abs(startsOf(made) - rate * made.table.rows)).toBeLessThanOrEqual(1.5);
      expect(schedule(settings(file, { rate }), 5)).toEqual(made);
    }
    expect(schedule(settings(file, { rate: 0.5 }), 6).row).not.toEqual(schedule(settings(file, { rate: 0.5 }), 5).row);
  });

  it("keeps bursts where there are some, over seeds: thinned or laid over each other, the index of dispersion stays", () => {
    for (const rate of [0.3, 0.6, 2, 3]) {
      const [before, after]: [number[], number[]] = [[], []];
      for (let seed = 0; seed < 12; seed++) {
        const found = burstiness(schedule(settings(traceOf(bursty(seed, 3000)), { rate }), seed));
        before.push(Math.log(found.trace?.idc["10s"] ?? Number.NaN));
        after.push(Math.log(found.replay?.idc["10s"] ?? Number.NaN));
      }
      const change = after.reduce((sum, value, i) => sum + value - (before[i] ?? 0), 0) / 12;
      // Thinning one by one would give ln(0.3 + 0.7 / 30) = -1.1 at 0.3.
      expect(Math.abs(change)).toBeLessThan(0.15);
    }
  });

  it("makes no bursts where there are none", () => {
    for (const rate of [0.3, 2.5]) {
      const { replay } = burstiness(schedule(settings(traceOf(poisson(9, 2000, 5)), { rate }), 2));
      expect(replay?.idc["1s"]).toBeGreaterThan(0.85);
      expect(replay?.idc["1s"]).toBeLessThan(1.15);
      expect(replay?.cv).toBeGreaterThan(0.9);
      expect(replay?.cv).toBeLessThan(1.1);
    }
  });
});
