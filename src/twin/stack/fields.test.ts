import { expect, test } from "vitest";
import { randomStream } from "../../base/index.ts";
import { mean, nearestRank } from "../../stats/index.ts";
import { comparison, holds, partName, share, spread } from "./fields.ts";
import { RateMeter } from "./parts/pool/rate-meter.ts";
import { draw, meanOf, type Spread } from "./spread.ts";

const draws = (times: Spread, count = 50_000) => {
  const random = randomStream(3, "draws");
  return Array.from({ length: count }, () => draw(times, random)).sort((a, b) => a - b);
};

test("a time written by its median and p99 has them, and the mean that follows", () => {
  const written = spread("t", "d").parse({ median: "20ms", p99: "90ms" });
  const found = draws(written);
  expect(nearestRank(found, 0.5) / 20).toBeCloseTo(1, 1);
  expect(nearestRank(found, 0.99) / 90).toBeCloseTo(1, 1);
  expect(mean(found) / meanOf(written)).toBeCloseTo(1, 1);
});

test("a plain duration is that time always, and a mean is the exponential's", () => {
  expect(new Set(draws(spread("t", "d").parse("30ms"), 100))).toEqual(new Set([30]));
  const exponential = spread("t", "d").parse({ mean: "2s" });
  const found = draws(exponential);
  expect(mean(found) / 2000).toBeCloseTo(1, 1);
  expect(nearestRank(found, 0.5) / (2000 * Math.LN2)).toBeCloseTo(1, 1);
  expect(meanOf(exponential)).toBe(2000);
});

test("a share is a number or a percentage, and nothing else", () => {
  const field = share("s", "d");
  expect([field.parse(0.2), field.parse("20%"), field.parse("0.5%"), field.parse(1)]).toEqual([0.2, 0.2, 0.005, 1]);
  for (const wrong of [1.2, -0.1, "120%", "0.2", "x", null])
    expect(field.safeParse(wrong).success, String(wrong)).toBe(false);
});

test("a comparison reads as it is written", () => {
  const field = comparison("c", "d");
  const held = (text: string, value: number) => holds(field.parse(text), value);
  expect([held("> 40", 41), held("> 40", 40), held(">=40", 40), held("< 0.5", 0.4), held("<= 3", 3)]).toEqual([
    true,
    false,
    true,
    true,
    true,
  ]);
  expect([held("= 3", 3), held("= 3", 4), held("> 90%", 0.91)]).toEqual([true, false, true]);
  for (const wrong of ["40", "=> 40", "> x", 40, null])
    expect(field.safeParse(wrong).success, String(wrong)).toBe(false);
});

test("a part's name is short and plain", () => {
  const field = partName("n", "d");
  expect(field.safeParse("vector-db.2").success).toBe(true);
  for (const wrong of ["", "a b", "-a", "a".repeat(65), "ü"]) expect(field.safeParse(wrong).success, wrong).toBe(false);
});

test("a rate is of the last minute, and of what has passed before there was one", () => {
  const meter = new RateMeter(5000);
  expect(meter.rate(5000)).toBe(0);
  for (let at = 5000; at < 15_000; at += 100) meter.count(at);
  expect(meter.rate(15_000)).toBeCloseTo(10, 6);
  expect(meter.rate(64_000)).toBeCloseTo(100 / 59, 1);
  expect(meter.rate(200_000)).toBe(0);
  meter.count(200_100);
  expect(meter.rate(200_200)).toBeCloseTo(1 / 60.2, 6);
});

test("a steady rate is told as it is at whole seconds, when autoscalers scrape", () => {
  const meter = new RateMeter(0);
  for (let at = 0; at < 300_000; at += 200) meter.count(at);
  expect(meter.rate(300_000)).toBeCloseTo(5, 9);
});
