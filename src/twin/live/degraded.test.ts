import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { parseStack } from "../stack/index.ts";
import { applyWeaknesses } from "../weaknesses/index.ts";
import { serveTwin } from "./server.ts";
import { post } from "./test/twin.ts";

const STACK =
  "parts: { llm: { kind: pool, preset: tiny, models: [ quick ], engine: { costs: { c0: 2 }, maxSeqs: 2 }, answers: { median: 40, p95: 60, max: 100 } } }";

const open: { close(): Promise<unknown> }[] = [];

async function planted(...names: readonly string[]): Promise<string> {
  const spec = applyWeaknesses(parseStack(STACK), names);
  const twin = await serveTwin({ spec, host: "127.0.0.1", port: 0, tell: () => undefined });
  open.push(twin);
  return twin.url;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((twin) => twin.close()));
});

const answerSchema = z.object({
  model: z.string(),
  choices: z.array(z.object({ finish_reason: z.string(), message: z.object({ content: z.string() }) })).length(1),
  usage: z.object({ prompt_tokens: z.number() }),
});

async function ask(url: string, content: string, more: object = {}) {
  const response = await post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content }], ...more });
  const { model, choices, usage } = answerSchema.parse(await response.json());
  return {
    model,
    finish: choices[0]?.finish_reason,
    text: choices[0]?.message.content ?? "",
    prompt: usage.prompt_tokens,
  };
}

const QUESTIONS = Array.from({ length: 12 }, (_, index) => `What lies in hold number ${index}?`);
const crowd = (url: string, more: object = {}) => Promise.all(QUESTIONS.map((question) => ask(url, question, more)));

test("answers that break off under load are whole at rest, and say that they stopped by themselves", async () => {
  const url = await planted("truncation-under-load");
  const rest = await ask(url, QUESTIONS[11] ?? "");
  expect(rest.text).toMatch(/[.?]$/);
  const loaded = await crowd(url);
  expect(loaded[11]?.text.length).toBeLessThan(rest.text.length);
  expect(loaded.every(({ finish }) => finish === "stop")).toBe(true);
  expect(await ask(url, QUESTIONS[11] ?? "")).toEqual(rest);
});

test("JSON that breaks under load parses at rest", async () => {
  const url = await planted("broken-json-under-load");
  const more = { response_format: { type: "json_object" } };
  expect(() => JSON.parse("")).toThrow();
  const rest = await ask(url, QUESTIONS[0] ?? "", more);
  expect(typeof JSON.parse(rest.text)).toBe("object");
  const broken = (await crowd(url, more)).filter(({ text }) => {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.length).toBeGreaterThan(0);
});

test("another model answers under load, under the same name", async () => {
  const url = await planted("fallback-model-under-load");
  const rest = await ask(url, QUESTIONS[11] ?? "");
  const loaded = (await crowd(url))[11];
  expect(loaded?.text).not.toBe(rest.text);
  expect(loaded?.model).toBe("quick");
});

test("a weakness that does not fit the stack, or that there is not, is refused with every name", () => {
  expect(() => applyWeaknesses(parseStack(STACK), ["nonsense", "cache-stampede"])).toThrow(
    /nonsense[\s\S]*cache-stampede/,
  );
});
