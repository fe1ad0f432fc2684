import { describe, expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import type { TraceFormat, TraceRow } from "../types.ts";
import { Describing } from "./describe.ts";
import { Rates } from "./rates.ts";

const format: TraceFormat = {
  name: "test",
  title: "test",
  turns: "cumulative",
  linked: true,
  blockTokens: 10,
  dated: true,
  recognises: () => true,
  reader: () => () => ({ at: 0, input: 0, output: 0 }),
};

function describing(rows: readonly TraceRow[]) {
  const made = new Describing();
  for (const row of rows) made.add(row, format);
  return made.result({ format, faults: [] });
}

const row = (at: number, more: Partial<TraceRow> = {}): TraceRow => ({ at, input: 25, output: 1, ...more });

describe("rates", () => {
  it("of a Poisson process have an index of dispersion and a coefficient of variation of 1, over seeds", () => {
    const found = { cv: 0, idc: 0 };
    for (let seed = 0; seed < 20; seed++) {
      const random = randomStream(seed, "test");
      const rates = new Rates();
      for (let at = 0; at < 600_000; at += -Math.log(1 - random.next()) * 100) rates.add(at);
      found.cv += (rates.result()?.cv ?? Number.NaN) / 20;
      found.idc += (rates.result()?.idc["1s"] ?? Number.NaN) / 20;
    }
    // Standard errors: sqrt(2/600/20) of the index, sqrt(1/6000/20) of the coefficient.
    expect(Math.abs(found.idc - 1)).toBeLessThan(5 * 0.013);
    expect(Math.abs(found.cv - 1)).toBeLessThan(5 * 0.003);
  });

  it("of a metronome have neither, and one request has no rate", () => {
    const rates = new Rates();
    rates.add(0);
    expect(rates.result()).toBeUndefined();
    for (let i = 1; i < 400; i++) rates.add(i * 250);
    expect(rates.result()).toEqual({
      mean: expect.closeTo(4, 1),
      cv: 0,
      idc: { "1s": 0, "10s": 0 },
      peakToMean: expect.closeTo(1, 1),
    });
  });
});

describe("reuse", () => {
  it("counts the tokens of leading blocks that were there before, and no more than the request has", () => {
    const found = describing([
      row(0, { blocks: [1, 2, 3] }),
      row(1, { blocks: [1, 2, 9] }),
      row(2, { blocks: [1, 2, 3] }),
      row(3, { blocks: [5, 2, 3] }),
    ]);
    expect(found?.reuse?.share).toBeCloseTo((20 + 25) / 100, 12);
  });
});

describe("sessions", () => {
  it("have turns and the gaps between them", () => {
    const found = describing([
      row(0, { session: "a" }),
      row(1000, { session: "b" }),
      row(60_000, { session: "a" }),
      row(7_200_000, { session: "a" }),
    ]);
    expect(found?.sessions).toMatchObject({ sessions: 2, turnsMean: 2, turnsMost: 3, multiTurn: 0.5 });
    expect(found?.sessions?.gaps?.p10).toBeCloseTo(60, 0);
    expect((found?.sessions?.gaps?.p90 ?? 0) / 7140).toBeCloseTo(1, 2);
  });
});

describe("tenants", () => {
  it("have the share of the busiest", () => {
    const rows = Array.from({ length: 100 }, (_, i) => row(i, { tenant: String(i < 40 ? 0 : i % 10) }));
    expect(describing(rows)?.tenants).toEqual({
      tenants: 10,
      top: [
        { tenants: 1, share: 0.46 },
        { tenants: 5, share: expect.closeTo(0.7, 6) },
        { tenants: 10, share: expect.closeTo(1, 6) },
      ],
    });
  });
});

describe("the day and the week", () => {
  it("show by the hour of UTC, and by the day from Monday on", () => {
    const monday = Date.UTC(2024, 4, 6);
    const rows: TraceRow[] = [];
    for (let minute = 0; minute < 7 * 24 * 60; minute++) {
      const hour = Math.floor(minute / 60) % 24;
      const day = Math.floor(minute / 1440);
      if (hour >= 8 && hour < 16 && day < 5) rows.push(row(monday + minute * 60_000));
      else if (minute % 10 === 0) rows.push(row(monday + minute * 60_000));
    }
    const found = describing(rows)?.diurnal;
    expect(found?.hours.indexOf(Math.max(...found.hours))).toBeGreaterThanOrEqual(8);
    expect((found?.hours[12] ?? 0) / (found?.hours[2] ?? 1)).toBeGreaterThan(5);
    expect((found?.days?.[0] ?? 0) / (found?.days?.[6] ?? 1)).toBeGreaterThan(3);
    expect(describing(rows.slice(0, 100))?.diurnal).toBeUndefined();
  });
});
