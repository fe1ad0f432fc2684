import { describe, expect, it } from "vitest";
import { WEAKNESSES } from "../../twin/index.ts";
import { displayWidth } from "../text.ts";
import { renderWeaknesses } from "./weaknesses.ts";

const LIST = WEAKNESSES.map(({ plant: _plant, ...words }) => words);

describe("the list of weaknesses", () => {
  it.each([40, 80, 100, 200])(
    "names each with what a user notices, and stays within a terminal of %i columns",
    (width) => {
      const text = renderWeaknesses(LIST, { width, color: true });
      const lines = text.split("\n");
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.min(100, width));
      for (const { name } of LIST) expect(text).toContain(name);
    },
  );

  it("tells for a stack those that fit, and what the others need", () => {
    const marked = LIST.map((one) => ({ ...one, fits: one.needs === "a pool" }));
    const text = renderWeaknesses(marked, { width: 100, color: false, stack: "desk.yaml" });
    expect(text).toMatch(/^\d+ of \d+ weaknesses can be planted in desk\.yaml\.\n/);
    expect(text).toMatch(/^ {2}slow-auth +needs a station of stage auth$/m);
    expect(text).toContain("plimsoll twin serve desk.yaml --weakness kv-too-small");
  });

  it("speaks as the house does: sentences end with a full stop, signals are phrases, nothing shouts", () => {
    for (const { title, givesWay, shows, needs } of LIST) {
      expect(title).toMatch(/^[A-Z].*\.$/);
      for (const phrase of [givesWay, shows, needs]) expect(phrase).not.toMatch(/[.!]$/);
      expect(`${title}${givesWay}${shows}`).not.toContain("!");
    }
  });
});
