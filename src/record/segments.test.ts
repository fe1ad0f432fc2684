import fc from "fast-check";
import { expect, test } from "vitest";
import { liveSegments, mergeable, type SizedSegment, segmentName } from "./segments.ts";

const LIMITS = { files: 4, rows: 1000, large: 500 };

/** Segments 1, 2, 3, ... of these row counts, merged as the writer does it; every state of the folder on the way is visited. */
function grow(rows: readonly number[], visit: (names: readonly string[]) => void): readonly SizedSegment[] {
  let segments: readonly SizedSegment[] = [];
  rows.forEach((count, i) => {
    segments = [...segments, { file: segmentName("", i + 1, i + 1), first: i + 1, last: i + 1, rows: count }];
    visit(segments.map((segment) => segment.file));
    for (let run = mergeable(segments, LIMITS); run; run = mergeable(segments, LIMITS)) {
      const [first, last] = [run[0]?.first ?? 0, run.at(-1)?.last ?? 0];
      const merged = { file: segmentName("", first, last), first, last, rows: run.reduce((sum, s) => sum + s.rows, 0) };
      const names = segments.map((segment) => segment.file);
      visit([...names, `${merged.file}.tmp`]);
      run.forEach((_, gone) => {
        visit([merged.file, ...names.filter((name) => !run.slice(0, gone).some((segment) => segment.file === name))]);
      });
      segments = [...segments.filter((s) => s.last < first), merged, ...segments.filter((s) => s.first > last)];
      visit(segments.map((segment) => segment.file));
    }
  });
  return segments;
}

test("at every moment of any compaction the live files hold every segment exactly once", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 80 }), (rows) => {
      let written = 0;
      grow(rows, (names) => {
        const live = liveSegments(names, "");
        const held = live.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        expect(held).toEqual(held.map((_, i) => i + 1));
        expect(held.length).toBeGreaterThanOrEqual(written);
        written = held.length;
      });
    }),
    { numRuns: 40 },
  );
});

test("a long run's many small segments become few files, and no row is rewritten more often than the levels say", () => {
  const count = 4 ** 5;
  const segments = grow(
    Array.from({ length: count }, () => 0),
    () => {},
  );
  expect(segments.length).toBeLessThanOrEqual(3 * 5 + 1);
});

test("large files are left as they are", () => {
  const segment = (n: number, rows: number): SizedSegment => ({ file: segmentName("", n, n), first: n, last: n, rows });
  expect(
    mergeable(
      [1, 2, 3, 4, 5].map((n) => segment(n, 500)),
      LIMITS,
    ),
  ).toBeUndefined();
  expect(
    mergeable(
      [1, 2, 3].map((n) => segment(n, 400)),
      LIMITS,
    ),
  ).toHaveLength(3);
});

test("names that are no segment of the table are not read", () => {
  const names = [
    "000001.parquet.tmp",
    "000002.parquet",
    "full-000001.parquet",
    "notes.parquet",
    "000003-000004.parquet",
  ];
  expect(liveSegments(names, "").map((segment) => segment.file)).toEqual(["000002.parquet", "000003-000004.parquet"]);
  expect(liveSegments(names, "full-").map((segment) => segment.file)).toEqual(["full-000001.parquet"]);
});
