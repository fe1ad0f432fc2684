import { describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { cacheVerdict } from "./cache-bound.ts";
import { resolveSpec } from "./resolve-spec.ts";
import { kvPeakOf } from "./server-series.ts";
import { parseSettings } from "./settings.ts";
import { chat, observationsOf, serve, specOf, TRUTH } from "./test/synthetic.ts";

describe("the engine's settings", () => {
  it("are found in a server's own dump, wherever they lie", () => {
    const text = JSON.stringify({
      model: "meta-llama/Llama-3.1-8B",
      engine_kwargs: { max_num_seqs: 256, max_num_batched_tokens: 2048, max_model_len: null },
      kv_cache: { num_gpu_blocks: 2588, block_size: 16, enable_prefix_caching: true },
      resolved_config: {
        parallel_config: { data_parallel_size: 2 },
        model_config: { max_model_len: 32_768 },
        scheduler_config: { async_scheduling: false },
      },
    });
    expect(parseSettings(text, "meta.json").settings).toEqual({
      blocks: 2588,
      blockSize: 16,
      tokenBudget: 2048,
      maxSeqs: 256,
      maxModelLen: 32_768,
      prefixCache: true,
      asyncScheduling: false,
      replicas: 2,
    });
  });

  it("tell what is no number, and where two places differ", () => {
    expect(() => parseSettings('{"num_gpu_blocks": "many"}', "meta.json")).toThrow(PlimsollError);
    const { notes, settings } = parseSettings('{"max_num_seqs": 8, "inner": {"max_num_seqs": 16}}', "meta.json");
    expect(settings).toEqual({ maxSeqs: 8 });
    expect(notes[0]).toContain("inner.max_num_seqs 16");
  });

  it("a gauge that never moved is no gauge", () => {
    expect(kvPeakOf("t,kv_cache_pct\n1,0.0\n2,0.0\n")).toBeUndefined();
    expect(kvPeakOf("t,kv_cache_pct\n1,12.5\n2,99.5\n")).toBeCloseTo(0.995, 10);
    expect(kvPeakOf("t,running\n1,3\n")).toBeUndefined();
  });
});

describe("the number of KV blocks", () => {
  const settings = { maxSeqs: 256, tokenBudget: 2048 };
  const crowded = serve(specOf(TRUTH, { blocks: 1000 }), "run", chat(1, 150, 10), 1);
  const roomy = serve(specOf(TRUTH), "run", chat(1, 60, 1), 1);
  const slots = serve(specOf(TRUTH, { maxSeqs: 8, blocks: 20_000 }), "run", chat(1, 100, 6), 1);
  const burst = serve(
    specOf(TRUTH, { blocks: 20_000 }),
    "run",
    chat(1, 100, 30).map((one) => ({ ...one, inputTokens: 2000 })),
    1,
  );

  it("is asked for where memory kept requests out, with where to find it, and never inferred", () => {
    expect(cacheVerdict(observationsOf([crowded], true), 256, 1).bound).toBe("may have");
    const refused = (): unknown => resolveSpec(settings, undefined, observationsOf([crowded], true));
    expect(refused).toThrow("The number of KV blocks is not known.");
    try {
      refused();
    } catch (error) {
      expect(error instanceof PlimsollError && error.faults[0]?.hint).toContain("vllm:cache_config_info");
    }
  });

  it.each([
    ["every request came in at once", roomy, 256],
    ["the limit on sequences explains the waiting", slots, 8],
    ["prompts that filled the token budget explain it", burst, 256],
  ])("may be a lower bound where %s", (_, episode, maxSeqs) => {
    const resolved = resolveSpec({ ...settings, maxSeqs }, undefined, observationsOf([episode], true));
    expect(resolved.blocksAtLeast).toBe(true);
    expect(resolved.assumptions.join(" ")).toContain("the cache never bound");
  });

  it("is asked for where the data do not say when requests were admitted, and where the server's gauge was full", () => {
    const client = { ...roomy, requests: roomy.requests.map((one) => ({ ...one, scheduledAt: Number.NaN })) };
    expect(cacheVerdict(observationsOf([client], false), 256, 1).bound).toBe("may have");
    expect(cacheVerdict({ ...observationsOf([roomy], true), kvPeak: 1 }, 256, 1).bound).toBe("may have");
  });

  it("is all that is asked of vLLM: its own defaults are assumed, and told", () => {
    const { spec, assumptions } = resolveSpec(
      { dialect: "vllm", blocks: 2588 },
      undefined,
      observationsOf([roomy], true),
    );
    expect(spec).toMatchObject({ maxSeqs: 256, tokenBudget: 2048 });
    expect(assumptions).toContain("256 sequences a step (vllm's default, --max-seqs)");
    expect(assumptions).toContain("2048 tokens a step (vllm's default, --token-budget)");
  });

  it("bounds what one request may have, also where the size of a block is assumed: each that is longer is refused with its line", () => {
    const requests = roomy.requests.map((one, i) => ({
      ...one,
      line: i + 2,
      ...(i % 20 === 3 ? { inputTokens: 9000 } : {}),
    }));
    const given = observationsOf([{ kind: "run", requests }], true);
    const refused = (over: object): readonly unknown[] => {
      try {
        resolveSpec({ ...settings, ...over }, undefined, given);
      } catch (error) {
        if (error instanceof PlimsollError) return error.faults.map(({ code, path, line }) => [code, path, line]);
        throw error;
      }
      return [];
    };
    const lines = (path: string) => new Set([5, 25, 45].map((line) => ["FIT_CONTEXT", path, line]));
    expect(new Set(refused({ blocks: 501 }))).toEqual(lines("blocks"));
    expect(refused({ blocks: 501, dialect: "llamacpp", maxSeqs: 1 })).toHaveLength(11);
    expect(new Set(refused({ blocks: 2588, maxModelLen: 8192 }))).toEqual(lines("maxModelLen"));
    expect(refused({ blocks: 2588 })).toEqual([]);
  });

  it("and every other missing setting is told at once", () => {
    try {
      resolveSpec({ dialect: "sglang" }, undefined, observationsOf([crowded], true));
      expect.unreachable();
    } catch (error) {
      expect(error instanceof PlimsollError && error.faults.map(({ path }) => path)).toEqual([
        "--max-seqs",
        "--token-budget",
        "--blocks",
      ]);
    }
  });
});

describe("what is assumed", () => {
  const roomy = serve(specOf(TRUTH), "run", chat(1, 60, 1), 1);
  const resolve = (settings: object, list = [roomy]) =>
    resolveSpec({ blocks: 2588, ...settings }, undefined, observationsOf(list, true));

  it("is listed and carried: also asynchronous scheduling, and whole prompts at admission", () => {
    const { assumptions, spec } = resolve({});
    expect(assumptions).toContain("asynchronous scheduling on (vllm's default, --async-scheduling)");
    expect(assumptions.join("; ")).toContain("requests admitted only where their whole prompt fits");
    expect(spec.asyncScheduling).toBe(true);
    const told = resolve({ asyncScheduling: false, admitWholePrompt: false });
    expect(told.assumptions.join("; ")).not.toMatch(/asynchronous|whole prompt/);
    expect(told.spec).toMatchObject({ asyncScheduling: false, admitWholePrompt: false });
    expect(resolve({ dialect: "llamacpp", maxSeqs: 4, blocks: 65_536 }).assumptions.join("; ")).not.toContain(
      "asynchronous",
    );
  });

  it("is the condition of the coefficients that it binds, and of no others", () => {
    const binds = (settings: object, list = [roomy]) => [...resolve(settings, list).conditions.keys()];
    expect(resolve({}).conditions.get("c2")).toBe("given 2048 tokens a step (--token-budget)");
    expect(binds({})).toEqual(["c2", "n0", "p1", "kappa"]);
    expect(binds({ tokenBudget: 512 })).toEqual([]);
    const short = { ...roomy, requests: roomy.requests.map((one) => ({ ...one, inputTokens: 200 })) };
    expect(binds({}, [short])).toEqual([]);
    const slots = serve(specOf(TRUTH, { maxSeqs: 4 }), "run", chat(1, 100, 6), 1);
    expect(binds({ tokenBudget: 512 }, [slots])).toEqual(["c0", "c1", "d1", "d2"]);
    expect(binds({ tokenBudget: 512, maxSeqs: 4 }, [slots])).toEqual([]);
  });

  it("gives way to what was found: tokens out of a cache mean that there is one", () => {
    const found = { ...roomy, requests: roomy.requests.map((one) => ({ ...one, cachedTokens: 16 })) };
    const { spec, assumptions } = resolve({ prefixCache: false }, [found]);
    expect(spec.prefixCache).toBe(true);
    expect(assumptions.join("; ")).toContain("prefix caching on, though the settings have it off: 60 of 60 requests");
    expect(resolve({}, [found]).assumptions.join("; ")).not.toContain("prefix caching");
  });

  it("names the command that lists presets where a preset is not there", () => {
    expect(() => resolveSpec({ blocks: 2588 }, "nope", observationsOf([roomy], true))).toThrow(
      expect.objectContaining({
        faults: [expect.objectContaining({ code: "FIT_PRESET", hint: "Run `plimsoll twin presets` for their names." })],
      }),
    );
  });
});
