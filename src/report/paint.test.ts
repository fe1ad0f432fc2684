import { describe, expect, it } from "vitest";
import { canRedraw, wantsColor } from "./paint.ts";

describe("colour", () => {
  it("follows --no-color, then FORCE_COLOR, then NO_COLOR, then the terminal", () => {
    const on = (env: Record<string, string>, isTTY = true, flag = true): boolean => wantsColor({ env, isTTY }, flag);
    expect(on({})).toBe(true);
    expect(on({}, false)).toBe(false);
    expect(on({ TERM: "dumb" })).toBe(false);
    expect(on({ NO_COLOR: "1" })).toBe(false);
    expect(on({ NO_COLOR: "" })).toBe(true);
    expect(on({ NO_COLOR: "1", FORCE_COLOR: "1" }, false)).toBe(true);
    expect(on({ FORCE_COLOR: "0" })).toBe(false);
    expect(on({ FORCE_COLOR: "1" }, true, false)).toBe(false);
  });

  it("and a screen that is redrawn need a terminal with a person before it", () => {
    const redraw = (env: Record<string, string>, isTTY = true): boolean => canRedraw({ env, isTTY });
    expect(redraw({ TERM: "xterm" })).toBe(true);
    expect(redraw({ TERM: "dumb" })).toBe(false);
    expect(redraw({ CI: "true" })).toBe(false);
    expect(redraw({}, false)).toBe(false);
  });
});
