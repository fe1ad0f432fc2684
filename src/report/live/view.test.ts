import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Progress } from "../../run/index.ts";
import { createLiveView, type LiveOptions } from "./view.ts";

/** What a terminal would show: understands what the view writes, and fails on anything else. */
class Terminal {
  readonly rows: string[][] = [[]];
  cursorVisible = true;
  #row = 0;
  #column = 0;
  readonly #columns: number;
  readonly writes: { readonly at: number; readonly text: string }[] = [];
  now = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): void {
    this.writes.push({ at: this.now, text });
    for (const [token] of text.matchAll(/\u001b\[\??[0-9;]*[A-Za-z]|[\s\S]/gu)) this.#token(token);
  }

  #token(token: string): void {
    if (token === "\n") {
      this.#row++;
      this.#column = 0;
    } else if (token === "\r") this.#column = 0;
    else if (token === "\u001b[K") this.#line().splice(this.#column);
    else if (token === "\u001b[J") {
      this.#line().splice(this.#column);
      this.rows.splice(this.#row + 1);
    } else if (token === "\u001b[?25l") this.cursorVisible = false;
    else if (token === "\u001b[?25h") this.cursorVisible = true;
    else if (/^\u001b\[\d+A$/.test(token)) {
      this.#row -= Number(token.slice(2, -1));
      if (this.#row < 0) throw new Error("a cursor above the window");
    } else if (/^\u001b\[[0-9;]*m$/.test(token)) return;
    else {
      if (!/^\P{Cc}$/u.test(token)) throw new Error(`an unexpected control character: ${JSON.stringify(token)}`);
      if (this.#column >= this.#columns) throw new Error("a line that wraps");
      this.#line()[this.#column++] = token;
    }
  }

  #line(): string[] {
    while (this.rows.length <= this.#row) this.rows.push([]);
    return this.rows[this.#row] ?? [];
  }

  get text(): string {
    return this.rows
      .map((row) => row.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }
}

function progress(elapsed: number, over: Partial<Progress> = {}): Progress {
  return {
    phase: "running",
    elapsed,
    planned: 60_000,
    stage: { name: "noon", kind: "steady", index: 1, count: 3, elapsed: elapsed - 10_000, duration: 30_000 },
    load: { unit: "sessions/s", asked: 4, reached: 3.97 },
    inFlight: 12,
    sessions: 14,
    started: 630,
    ended: 618,
    outcomes: { complete: 612, capped: 3, rejected: 2, timeout: 1 },
    recent: {
      ttft: { n: 40, p50: 212, p95: 200 + elapsed / 100, p99: 612.4 },
      itl: { n: 4_000, p50: 11.41, p95: 18.02, p99: 25.5 },
      response: { n: 40, p50: 1_432, p95: 2_110 },
      startLag: { n: 40, p50: 0.2, p95: 0.6, p99: 1.204 },
    },
    tokensPerSecond: 1_204,
    cost: 0.0213,
    generator: { word: "well", loop: 0.31 },
    ...over,
  };
}

function setUp(over: Partial<LiveOptions> = {}, columns = 80, rows = 24) {
  const terminal = new Terminal(columns);
  const view = createLiveView(terminal, {
    name: "support desk",
    interactive: true,
    color: true,
    columns: () => columns,
    rows: () => rows,
    clock: { now: () => terminal.now },
    ...over,
  });
  return { terminal, view };
}

const hostile = "x\u001b[2J\u001b]0;owned\u0007y\u009b31m\r\nz\u202e";

describe("the live screen", () => {
  it("shows a run on one screen that stays still", async () => {
    const { terminal, view } = setUp({}, 100);
    for (terminal.now = 0; terminal.now <= 42_000; terminal.now += 130) view.update(progress(terminal.now));
    await expect(`${terminal.text}\n`).toMatchFileSnapshot("../snapshots/live-100.txt");
    expect(terminal.cursorVisible).toBe(false);
  });

  it("shows the same at 80 columns", async () => {
    const { terminal, view } = setUp({}, 80);
    for (terminal.now = 0; terminal.now <= 42_000; terminal.now += 130) view.update(progress(terminal.now));
    await expect(`${terminal.text}\n`).toMatchFileSnapshot("../snapshots/live-80.txt");
  });

  it("names the highest percentile of the start lag that is there, and says when it drains", () => {
    const { terminal, view } = setUp({}, 100);
    const recent = { ...progress(0).recent, startLag: { n: 20, p50: 0.4 } };
    view.update(progress(62_000, { phase: "draining", recent }));
    expect(terminal.text).toContain("start lag p50 0.400 ms");
    expect(terminal.text).toContain("1:02, draining");
    expect(terminal.text).not.toContain(" left");
  });

  it("leaves a bar of the last minute as it is once its time has passed", () => {
    const { terminal, view } = setUp({}, 80);
    const seen: string[] = [];
    for (terminal.now = 0; terminal.now < 50_000; terminal.now += 1_000) {
      const high = 100 + (((terminal.now / 1_000) * 37) % 60);
      const recent = { ...progress(0).recent, itl: { n: 100, p50: 1, p95: terminal.now === 0 ? 160 : high } };
      view.update(progress(terminal.now, { recent }));
      const line = terminal.text.split("\n").find((text) => text.startsWith("gap")) ?? "";
      seen.push(/p95 (.*)$/.exec(line)?.[1] ?? "");
    }
    // The newest column is still being filled.
    const redrawn = seen.filter((bars, index) => !bars.startsWith((seen[index - 1] ?? "").slice(0, -1)));
    expect(redrawn).toEqual([]);
    expect(seen.at(-1)?.length).toBe(25);
  });

  it("is never drawn more than four times a second, however often it is told something", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.boolean()), { maxLength: 200 }), (steps) => {
        const { terminal, view } = setUp();
        for (const [wait, warns] of steps) {
          terminal.now += wait;
          view.update(progress(terminal.now));
          if (warns) view.warn({ code: "X", message: "careful" });
        }
        const times = terminal.writes.map((write) => write.at);
        for (const time of times)
          expect(times.filter((other) => other >= time && other < time + 1000).length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 50 },
    );
  });

  it("leaves nothing behind but its notes and warnings, and gives the cursor back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("running", "draining", "note", "bare" as const), { minLength: 1, maxLength: 40 }),
        (steps) => {
          const { terminal, view } = setUp();
          const notes: string[] = [];
          for (const [index, step] of steps.entries()) {
            terminal.now += 260;
            if (step === "note") {
              notes.push(`note ${index}`);
              view.note(`note ${index}`);
            } else if (step === "bare")
              view.update(progress(terminal.now, { cost: undefined, tokensPerSecond: undefined }));
            else view.update(progress(terminal.now, { phase: step === "draining" ? "draining" : "running" }));
          }
          view.stop();
          view.stop();
          view.update(progress(1));
          view.note("late");
          expect(terminal.text).toBe(notes.join("\n"));
          expect(terminal.cursorVisible).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("lets no control character of a plan or a target reach the terminal", () => {
    for (const interactive of [true, false]) {
      const { terminal, view } = setUp({ name: hostile, interactive }, 400);
      view.warn({ code: "X", message: hostile, hint: hostile });
      view.update(
        progress(20_000, { stage: { name: hostile, kind: "steady", index: 0, count: 1, elapsed: 0, duration: 1 } }),
      );
      view.note(hostile);
      terminal.now += 6_000;
      view.update(
        progress(26_000, { stage: { name: hostile, kind: "steady", index: 0, count: 1, elapsed: 0, duration: 1 } }),
      );
      view.stop();
      expect(terminal.writes.map((write) => write.text).join("")).not.toMatch(/owned|2J|\u202e|\u009b|\u0007/);
    }
  });

  it("is not broken by a small window", () => {
    for (const [columns, rows] of [
      [40, 10],
      [20, 5],
      [10, 3],
      [3, 2],
      [1, 1],
    ] as const) {
      const { terminal, view } = setUp({}, columns, rows);
      for (terminal.now = 0; terminal.now < 3_000; terminal.now += 250) view.update(progress(terminal.now));
      expect(terminal.rows.length).toBeLessThanOrEqual(Math.max(2, rows));
      view.stop();
      expect(terminal.text).toBe("");
    }
  });

  it("writes no colour where colour is off", () => {
    const { terminal, view } = setUp({ color: false });
    view.update(progress(20_000));
    expect(terminal.writes.map((write) => write.text).join("")).not.toMatch(/\u001b\[[0-9;]*m/);
  });
});

describe("progress in a log", () => {
  it("is a plain line every five seconds, stages and warnings at once", async () => {
    const { terminal, view } = setUp({ interactive: false }, 1000);
    view.update(progress(0, { phase: "preflight" }));
    for (; terminal.now <= 12_000; terminal.now += 250) {
      view.update(
        progress(terminal.now, {
          stage: {
            name: terminal.now < 7_000 ? "ramp" : "noon",
            kind: "ramp",
            index: terminal.now < 7_000 ? 0 : 1,
            count: 2,
            elapsed: 0,
            duration: 7_000,
          },
        }),
      );
      if (terminal.now === 3_000)
        view.warn({ code: "X", message: "The server sends no usage.", hint: "Set `events.usage`." });
    }
    view.update(progress(12_000, { phase: "draining" }));
    view.stop();
    await expect(`${terminal.text}\n`).toMatchFileSnapshot("../snapshots/live-lines.txt");
    expect(terminal.text).not.toContain("\u001b");
  });
});
