import fc from "fast-check";
import { expect, test } from "vitest";
import { BUCKETS, bucketOf, valueOf } from "../stats/index.ts";
import { SampleBlock } from "./block.ts";
import { bucketBounds } from "./buckets.ts";
import { COLUMN_KINDS, COLUMNS } from "./columns.ts";
import { costOf } from "./cost.ts";
import { Dictionary, OVERFLOW_TEXT } from "./dictionary.ts";
import { GapCells } from "./gap-cells.ts";

test("a claimed row has every column absent but its worker, also where the block held a row before", () => {
  const block = new SampleBlock(3, 2);
  const first = block.row();
  block.columns.endAt[first] = 7;
  block.columns.status[first] = 200;
  block.columns.textHash[first] = 9n;
  block.take();
  const row = block.row();
  for (const column of COLUMNS) {
    const value = block.columns[column.name][row];
    if (column.name === "worker") expect(value).toBe(3);
    else if (column.kind === "time" || column.kind === "number") expect(value, column.name).toBeNaN();
    else expect(value, column.name).toBe(column.kind === "hash" ? 0n : -1);
  }
});

test("a full block says so, and refuses another row instead of losing one", () => {
  const block = new SampleBlock(0, 2);
  block.row();
  expect(block.full).toBe(false);
  block.row();
  expect(block.full).toBe(true);
  expect(() => block.row()).toThrow(RangeError);
  expect(block.take().message.rows).toBe(2);
  expect(block.rows).toBe(0);
  expect(block.full).toBe(false);
});

test("a taken block transfers every buffer, and tells each dictionary text once", () => {
  const block = new SampleBlock(0, 4);
  const row = block.row();
  block.columns.outcome[row] = block.dictionary.code("complete");
  block.columns.stage[row] = block.dictionary.code("steady");
  block.gapLog(row, [1, 2]);
  const { message, transfer } = block.take();
  expect(transfer).toHaveLength(COLUMNS.length + 1);
  const received = structuredClone(message, { transfer });
  expect(received.columns.outcome[0]).toBe(0);
  expect(received.newTexts).toEqual(["complete", "steady"]);
  expect(message.columns.outcome).toHaveLength(0);
  block.columns.outcome[block.row()] = block.dictionary.code("severed");
  const next = block.take().message;
  expect([next.firstNewCode, next.newTexts]).toEqual([2, ["severed"]]);
});

test("a kind's absent value is what clearing writes", () => {
  for (const kind of Object.values(COLUMN_KINDS)) {
    const array = kind.create(1);
    kind.clear(array, 1);
    expect(String(array[0]).toLowerCase()).toBe(kind.absent.replace("'nan'::DOUBLE", "nan"));
  }
});

test("texts beyond the dictionary's limit share one code and are counted", () => {
  const dictionary = new Dictionary(3);
  expect(["a", "b", "c", "a"].map((text) => dictionary.code(text))).toEqual([0, 1, 2, 0]);
  expect(dictionary.code(undefined)).toBe(-1);
  expect(dictionary.code("d")).toBe(3);
  expect(dictionary.code("e")).toBe(3);
  expect(dictionary.code("b")).toBe(1);
  expect(dictionary.overflowed).toBe(2);
  expect(dictionary.takeNew()).toEqual({ first: 0, texts: ["a", "b", "c", OVERFLOW_TEXT] });
  expect(dictionary.takeNew()).toEqual({ first: 4, texts: [] });
});

test("every gap is handed out once, in its second, stage and persona, however flushes fall between", () => {
  const gap = fc.record({
    stage: fc.nat(2),
    persona: fc.nat(1),
    ms: fc.double({ min: 0, max: 100_000, noNaN: true }),
    at: fc.nat(20_000),
    flush: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 200 }), (gaps) => {
      const cells = new GapCells(0, 2);
      const seen = new Map<string, number>();
      const take = (before: number): void => {
        for (const { message } of cells.flush(before)) {
          for (const cell of message.cells) {
            cell.buckets.forEach((bucket, i) => {
              const key = [message.second, cell.stage, cell.persona, bucket].join();
              seen.set(key, (seen.get(key) ?? 0) + (cell.counts[i] ?? 0));
            });
          }
        }
      };
      const expected = new Map<string, number>();
      for (const { stage, persona, ms, at, flush } of gaps) {
        if (flush) take(Math.floor(at / 1000));
        cells.gap(stage, persona, ms, at);
        const key = [Math.floor(at / 1000), stage, persona, bucketOf(ms)].join();
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      take(Number.POSITIVE_INFINITY);
      expect(seen).toEqual(expected);
    }),
  );
});

test("a bucket's bounds hold its values, and its middle leads back to it", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2_000_000, noNaN: true }), (ms) => {
      const { low, high } = bucketBounds(bucketOf(ms));
      expect(low).toBeLessThanOrEqual(ms + 1e-9);
      expect(high).toBeGreaterThanOrEqual(ms - 1e-9);
    }),
  );
  for (let bucket = 1; bucket < BUCKETS; bucket++) {
    const { low, high } = bucketBounds(bucket);
    expect(bucketOf((low + high) / 2)).toBe(bucket);
    expect((low + high) / 2).toBeCloseTo(valueOf(bucket), 6);
  }
});

test("a cost is the prices over the counts, cached and reasoning tokens at their own, and absent without counts", () => {
  const prices = { input: 3, cached: 1, output: 10, reasoning: 20, request: 0.5 };
  expect(costOf(prices, 100, 40, 50, 10)).toBe(60 * 3 + 40 + 40 * 10 + 10 * 20 + 0.5);
  expect(costOf(prices, 100, -1, -1, -1)).toBe(300.5);
  expect(costOf(prices, -1, -1, -1, -1)).toBeNaN();
});
