import { describe, expect, it } from "vitest";
import { embed } from "./embed.ts";

const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

describe("an embedding", () => {
  it("has unit length and the same values each time, also for texts without a word", () => {
    for (const text of ["", "!?", "a", "How do I return a parcel?", "缓存", "x".repeat(1e6)]) {
      const vector = embed(text, 256);
      expect(vector).toHaveLength(256);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
      expect(embed(text, 256)).toEqual(vector);
    }
  });

  it("is spread over all dimensions, also for one short word", () => {
    for (const [text, dimensions] of [
      ["hi", 1536],
      ["grain and coal", 1536],
      ["How do I return a parcel?", 768],
    ] as const) {
      const vector = embed(text, dimensions);
      expect(vector.filter((value) => value !== 0).length).toBeGreaterThan(0.9 * dimensions);
      expect(Math.max(...vector.map(Math.abs))).toBeLessThan(10 / Math.sqrt(dimensions));
    }
  });

  it("lies nearer to a text about the same than to one about something else", () => {
    const question = embed("How do I return a parcel that arrived broken?", 512);
    const near = embed("Returning parcels that are broken: how does it work?", 512);
    const far = embed("The committee elected a new treasurer on Monday.", 512);
    expect(dot(question, near)).toBeGreaterThan(0.3);
    expect(dot(question, near)).toBeGreaterThan(3 * dot(question, far));
  });
});
