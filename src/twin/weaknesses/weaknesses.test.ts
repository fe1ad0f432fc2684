import { describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { resolveStack } from "../stack/index.ts";
import { applyWeaknesses, fittingWeaknesses, WEAKNESSES } from "./index.ts";
import { CASES } from "./test/cases.ts";
import { play } from "./test/play.ts";

const SEEDS = [1, 2, 3];
const TINY = resolveStack({ name: "tiny", parts: { llm: { kind: "pool", preset: "tiny" } } });

describe.each(CASES)("the weakness $weakness", ({ weakness, stack, load, signal, calm, factor }) => {
  const healthy = resolveStack({ name: weakness, ...stack });

  it.each(SEEDS)(
    `shows at ${factor} times what its signal may be in a sound stack, which stays below that (seed %i)`,
    (seed) => {
      const planted = applyWeaknesses(healthy, [weakness]);
      expect(signal(play(healthy, load, seed))).toBeLessThanOrEqual(calm);
      expect(signal(play(planted, load, seed))).toBeGreaterThanOrEqual(calm * factor);
    },
  );
});

describe("planting weaknesses", () => {
  it("has a stack, a load and a signal for each of them", () => {
    expect(CASES.map(({ weakness }) => weakness).toSorted()).toEqual(WEAKNESSES.map(({ name }) => name).toSorted());
  });

  it("keeps the stack's name, seed, entry and other parts, and can plant several", () => {
    const stack = resolveStack({
      name: "desk",
      seed: 9,
      parts: {
        app: { kind: "app", to: "llm" },
        llm: { kind: "pool", preset: "tiny", degrade: [{ do: "clamp", tokens: 50 }] },
      },
    });
    const planted = applyWeaknesses(stack, ["kv-too-small", "truncation-under-load", "kv-too-small"]);
    expect(planted).toMatchObject({ name: "desk", seed: 9, entry: "app" });
    expect(planted.parts.get("app")?.spec).toEqual(stack.parts.get("app")?.spec);
    expect(planted.source).toMatchObject({
      parts: { llm: { engine: { blocks: 128 }, degrade: [{ do: "clamp" }, { do: "truncated" }] } },
    });
    expect(applyWeaknesses(stack, [])).toBe(stack);
  });

  it("gives up tools that are called at the same time, too, and fits no stack whose tools no step calls", () => {
    const parts = {
      tool: { kind: "station", stage: "tool", service: "100ms" },
      llm: { kind: "pool", preset: "tiny" },
    };
    const app = { kind: "app", to: "llm", steps: [{ parallel: [{ call: "tool" }] }] };
    const planted = applyWeaknesses(resolveStack({ name: "desk", entry: "app", parts: { ...parts, app } }), [
      "tool-timeouts",
    ]);
    expect(planted.source).toMatchObject({
      parts: { app: { steps: [{ parallel: [{ call: "tool", timeout: "1s" }] }] }, tool: { slow: [{ factor: 10 }] } },
    });
    const unused = { gateway: { kind: "gateway", to: "llm", auth: "tool" }, ...parts };
    const fitting = fittingWeaknesses(resolveStack({ name: "desk", entry: "gateway", parts: unused }));
    expect(fitting.map(({ name }) => name)).not.toContain("tool-timeouts");
  });

  it("names every weakness that it does not know or cannot plant, and what to do", () => {
    const plant = (): unknown => applyWeaknesses(TINY, ["kv-to-small", "slow-auth", "batch-too-small"]);
    expect(plant).toThrow(PlimsollError);
    try {
      plant();
    } catch (error) {
      const faults = error instanceof PlimsollError ? error.faults : [];
      expect(faults).toMatchObject([
        { code: "WEAKNESS_UNKNOWN", received: "kv-to-small", hint: "Did you mean `kv-too-small`?" },
        {
          code: "WEAKNESS_UNFIT",
          received: "slow-auth",
          message: "slow-auth needs a station of stage auth, and tiny has none",
        },
      ]);
    }
  });

  it("says which of them fit a stack: exactly those that can be planted", () => {
    const named = ["kv-too-small", "slow-retrieval", "router-skew", "region-failover", "no-shedding"];
    for (const { stack } of CASES.filter(({ weakness }) => named.includes(weakness))) {
      const spec = resolveStack({ name: "any", ...stack });
      const fitting = fittingWeaknesses(spec).map(({ name }) => name);
      for (const { name } of WEAKNESSES) {
        const plant = (): unknown => applyWeaknesses(spec, [name]);
        if (fitting.includes(name)) expect(plant).not.toThrow();
        else expect(plant).toThrow(PlimsollError);
      }
    }
  });
});
