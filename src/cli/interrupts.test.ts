import { describe, expect, it } from "vitest";
import { watchInterrupts } from "./interrupts.ts";

describe("Ctrl-C", () => {
  it("drains the first time, stops at once the second time, and is given back afterwards", () => {
    const said: string[] = [];
    const before = process.listenerCount("SIGINT");
    const interrupts = watchInterrupts((text) => said.push(text));
    process.emit("SIGINT");
    expect([interrupts.stop.aborted, interrupts.kill.aborted]).toEqual([true, false]);
    expect(said).toEqual(["draining; press Ctrl-C again to stop now"]);
    process.emit("SIGTERM");
    expect(interrupts.kill.aborted).toBe(true);
    interrupts.close();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
