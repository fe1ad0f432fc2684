import fc from "fast-check";
import { expect, test } from "vitest";
import { stopAt } from "./writing.ts";

test("a stopped answer is the text before the first stop sequence, whatever the tokens and sequences", () => {
  const token = fc.string({ unit: fc.constantFrom("a", "b", " ", "é"), minLength: 1, maxLength: 4 });
  const stop = fc.string({ unit: fc.constantFrom("a", "b", " "), minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 30 }), fc.array(stop, { maxLength: 3 }), (tokens, stops) => {
      const text = tokens.join("");
      const cuts = stops.map((one) => text.indexOf(one)).filter((at) => at >= 0);
      const cut = Math.min(...cuts);
      const written = stopAt({ tokens, finish: "length" }, stops, 0);
      expect(written.pieces.join("")).toBe(cuts.length === 0 ? text : text.slice(0, cut));
      expect(written.finish).toBe(cuts.length === 0 ? "length" : "stop");
      expect(written.stopSequence === undefined).toBe(cuts.length === 0);
      expect(written.pieces.length).toBeLessThanOrEqual(tokens.length);
      if (written.stopSequence === undefined) return;
      const generated = tokens.slice(0, written.pieces.length);
      expect(generated.join("").length).toBeGreaterThanOrEqual(cut + written.stopSequence.length);
      expect(generated.slice(0, -1).join("").length).toBeLessThan(cut + written.stopSequence.length);
    }),
  );
});

test("a stop sequence among the first min_tokens does not end the answer", () => {
  const tokens = ["one", " stop", " two", " stop", " three"];
  expect(stopAt({ tokens, finish: "stop" }, [" stop"], 2).pieces).toEqual(["one", " stop", " two", ""]);
});
