import { expect, test } from "vitest";
import { SILENT } from "../../../../test/helpers/engine/serve.ts";
import { randomStream } from "../../../base/index.ts";
import { createEngine } from "../engine.ts";
import { presetNamed } from "../hardware.ts";
import type { EngineSpec } from "../types.ts";

interface Load {
  readonly prompt: number;
  readonly answer: number;
  readonly streams: number;
  readonly rounds: number;
}

/** Streams that ask again as soon as they have their answer: median first token (ms) and tokens/s of all together. */
function closedLoop(spec: EngineSpec, load: Load): { readonly ttft: number; readonly rate: number } {
  const engine = createEngine({ ...spec, noise: SILENT, prefixCache: false }, randomStream(1), { fastForward: false });
  const ttfts: number[] = [];
  let asked = 0;
  let end = 0;
  const ask = (at: number): void => {
    if (asked === load.streams * load.rounds) return;
    const listener = {
      firstToken: (when: number) => ttfts.push(when - at),
      finished: (when: number) => {
        end = when;
        ask(when);
      },
    };
    const { prompt: inputTokens, answer: outputTokens } = load;
    engine.submit(
      { id: asked++, inputTokens, outputTokens, priority: 0, blockHashes: undefined, cell: 0, listener },
      at,
    );
  };
  for (let i = 0; i < load.streams; i++) ask(0);
  engine.advance(1e9);
  const tokens = load.streams * load.rounds * load.answer;
  return { ttft: ttfts.sort((a, b) => a - b)[ttfts.length >> 1] ?? Number.NaN, rate: (tokens / end) * 1e3 };
}

function specOf(name: string): EngineSpec {
  const preset = presetNamed(name);
  if (preset === undefined) throw new Error(name);
  return preset.spec;
}

test.each([
  { streams: 1, ttft: 589, rate: 28.5 },
  { streams: 2, ttft: 1156, rate: 29.7 },
  { streams: 4, ttft: 2376, rate: 31.5 },
  { streams: 8, ttft: 4587, rate: 32.5 },
])(
  "the CPU preset answers $streams streams as llama-server did: first token after $ttft ms, $rate tokens/s, within 4 %",
  (row) => {
    const { streams } = row;
    // 48 tokens an answer; 41 tokens are what the prompt's rate of 70 tokens/s makes of its 589 ms.
    const { ttft, rate } = closedLoop(specOf("smollm2-135m-cpu"), { prompt: 41, answer: 48, streams, rounds: 6 });
    expect(Math.abs(ttft / row.ttft - 1)).toBeLessThan(0.04);
    expect(Math.abs(rate / row.rate - 1)).toBeLessThan(0.04);
  },
);

test("the tiny preset is full at a thousand tokens/s, which a laptop's client asks for many times over", () => {
  const { rate } = closedLoop(specOf("tiny"), { prompt: 100, answer: 150, streams: 64, rounds: 4 });
  expect(rate).toBeGreaterThan(800);
  expect(rate).toBeLessThan(1200);
});
