import { expect, test } from "vitest";
import { session } from "../../../../../test/helpers/stack.ts";

const POOL = (degrade: string, more = "") =>
  `parts: { llm: { kind: pool, preset: tiny, engine: { maxSeqs: 2 }, degrade: [ ${degrade} ]${more} } }`;

test("a shedding pool turns calls away with the wait that it asks for, only while its condition holds", () => {
  const { kernel, ask } = session(POOL('{ do: shed, status: 429, retryAfter: 1500ms, when: { waiting: "> 2" } }'));
  const outcomes = Array.from({ length: 12 }, (_, i) => ask({ at: 100 + i, tokens: 10, out: 40 }));
  const later = ask({ at: 100_000 });
  kernel.run();
  const shed = outcomes.filter(({ failure }) => failure !== undefined);
  expect(shed.length).toBeGreaterThan(3);
  for (const { failure } of shed) {
    expect(failure).toMatchObject({ status: 429, code: "rate_limit_exceeded", retryAfter: 2, part: "llm" });
  }
  expect(later.figures).toBeDefined();
});

test("a clamped answer is shorter, a trimmed prompt too, and who answers is told so", () => {
  const { kernel, ask } = session(POOL("{ do: clamp, tokens: 7 }, { do: trim, tokens: 100 }"));
  const outcome = ask({ at: 0, tokens: 400, out: 50 });
  const short = ask({ at: 0, tokens: 50, out: 50, maxTokens: 3 });
  kernel.run();
  expect(outcome.figures).toMatchObject({ inputTokens: 100, outputTokens: 7 });
  expect(outcome.servedBy?.ask).toMatchObject({ maxTokens: 7, prompt: { tokens: 100 } });
  expect(short.figures).toMatchObject({ inputTokens: 50, outputTokens: 3 });
});

test("a pool under pressure lets a smaller one answer", () => {
  const { kernel, ask } = session(
    POOL(
      '{ do: fallback, to: small, when: { running: ">= 2" } }',
      " }, small: { kind: pool, preset: tiny, models: [ small ]",
    ).replace("parts:", "entry: llm\nparts:"),
  );
  const outcomes = Array.from({ length: 6 }, (_, i) => ask({ at: 1 + 100 * i, tokens: 10, out: 100 }));
  kernel.run();
  expect(outcomes.map(({ servedBy }) => servedBy?.part)).toEqual(["llm", "llm", "small", "small", "small", "small"]);
  expect(outcomes.at(-1)?.servedBy?.ask.model).toBe("small");
});

test("planted degradations reach the answer with their probability, the same calls in every run", () => {
  const run = () => {
    const { kernel, ask } = session(POOL('{ do: looping, probability: 30% }, { do: crossed, when: { kv: "> 200%" } }'));
    const outcomes = Array.from({ length: 400 }, (_, i) => ask({ at: i * 300, tokens: 10, out: 2 }));
    kernel.run();
    return outcomes.map(({ servedBy }) => servedBy?.ask.degradations.join() ?? "");
  };
  const first = run();
  expect(first.filter((each) => each === "looping").length / first.length).toBeCloseTo(0.3, 1);
  expect(new Set(first)).toEqual(new Set(["", "looping"]));
  expect(run()).toEqual(first);
});
