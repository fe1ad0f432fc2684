import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { countTokens as cl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asker, holdFor, openStage, workloadPlan } from "../../../test/helpers/workload-plan.ts";
import { PlimsollError, randomStream } from "../../base/index.ts";
import { BUILTIN_PROMPT_SETS, type PromptSource } from "../../plan/index.ts";
import { contentText } from "../../protocols/index.ts";
import { inputFiles } from "../files.ts";
import { builtinPrompts, loadWorkload, type PromptEntry } from "../index.ts";
import { readPrompts } from "./read.ts";
import { syntheticText } from "./synthetic.ts";
import { STARTERS, WORDS } from "./words.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-prompts-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Format = Extract<PromptSource, { readonly kind: "file" }>["format"];

/** An entry whose turns are texts. */
type Read = Omit<PromptEntry, "turns"> & { readonly turns: readonly unknown[] };

function read(format: Format, content: string, field?: string): readonly Read[] {
  const file = join(folder, `questions.${format}`);
  writeFileSync(file, content);
  const files = inputFiles();
  const entries = readPrompts(
    field === undefined ? { kind: "file", file, format } : { kind: "file", file, format, field },
    files,
    "prompts",
  );
  expect(files.faults).toEqual([]);
  return Array.from({ length: entries.size }, (_, i) => plain(entries.at(i)));
}

function plain(entry: PromptEntry): Read {
  return { ...entry, turns: entry.turns.map(({ content: said }) => said) };
}

describe("the built-in prompts", () => {
  it("are the sets that a plan may name; mixed draws from those that any target can be asked", () => {
    const ids = new Set(
      BUILTIN_PROMPT_SETS.filter((set) => set !== "mixed")
        .flatMap(builtinPrompts)
        .map(({ id }) => id),
    );
    for (const { id, tools, tags } of builtinPrompts("mixed")) {
      expect(ids).toContain(id);
      expect([tools, tags?.includes("extreme") ?? false]).toEqual([undefined, false]);
    }
  });

  it("are all different, none empty, each with an id of its own", () => {
    const entries = builtinPrompts("mixed");
    const texts = entries.flatMap(({ turns }) => turns.map(({ content }) => contentText(content)));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text.trim()).not.toBe("");
    expect(entries.some(({ id }) => id === "faq:12")).toBe(true);
  });

  it("hold documents of several hundred words where a plan asks for long ones", () => {
    for (const { turns } of builtinPrompts("long-documents")) {
      const text = contentText(turns[0]?.content ?? "");
      expect(text.split(/\s+/).length).toBeGreaterThan(400);
      expect(text.split("\n\n").length).toBeGreaterThan(4);
    }
  });

  it("of a set that there is not are a fault that names those that there are", () => {
    expect(() => builtinPrompts("mixd")).toThrow(PlimsollError);
    expect(() => builtinPrompts("mixd")).toThrow(/mixd/);
  });
});

describe("synthetic text", () => {
  it("has the wanted number of tokens in o200k_base and cl100k_base, from 1 to 8,000", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 10, max: 8000 })),
        fc.nat(),
        (tokens, seed) => {
          const text = syntheticText(tokens, randomStream(seed));
          expect([o200k(text), cl100k(text)]).toEqual([tokens, tokens]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is made of words that are one token each, with a space before them or at the start of a paragraph", () => {
    for (const word of WORDS) expect([word, o200k(` ${word}`), cl100k(` ${word}`)]).toEqual([word, 1, 1]);
    for (const word of STARTERS)
      expect([word, o200k(word), cl100k(word), o200k(` ${word}`), cl100k(` ${word}`)]).toEqual([word, 1, 1, 1, 1]);
    expect(new Set(WORDS).size).toBe(WORDS.length);
  });

  it("follows from its stream alone, and two texts share next to no prefix", () => {
    expect(syntheticText(500, randomStream(1, "a"))).toBe(syntheticText(500, randomStream(1, "a")));
    const starts = new Set(
      Array.from({ length: 200 }, (_, i) => syntheticText(100, randomStream(1, i)).split(" ").slice(0, 4).join(" ")),
    );
    expect(starts.size).toBe(200);
  });

  it("takes its length from a distribution, and its id from the length", () => {
    const workload = loadWorkload(
      workloadPlan({
        stages: [openStage(0, 1000, [holdFor(1, 1000)])],
        personas: [{ ...asker, prompts: { kind: "synthetic", tokens: { kind: "uniform", min: 20, max: 40 } } }],
      }),
    );
    for (let k = 0; k < 50; k++) {
      for (const { promptId, prompt } of workload.session(k).turns) {
        expect(promptId).toBe(`synthetic:${o200k(prompt)}`);
        expect(o200k(prompt)).toBeGreaterThanOrEqual(20);
        expect(o200k(prompt)).toBeLessThanOrEqual(40);
      }
    }
  });
});

describe("a user's prompt file", () => {
  it("may be JSONL of strings, of objects in the usual forms, and of scripts of several turns", () => {
    const lines = [
      '"a plain string"',
      '{"prompt": "from prompt"}',
      '{"text": "from text"}',
      '{"question": "from question", "question_id": 81}',
      '{"turns": ["first", "second"], "id": "pair"}',
      '["one", "two"]',
      '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}, {"role": "assistant", "content": "yes"}, {"role": "user", "content": [{"type": "text", "text": "again"}]}]}',
      '{"conversations": [{"from": "human", "value": "share"}, {"from": "gpt", "value": "ok"}]}',
      "",
    ];
    expect(read("jsonl", `\uFEFF${lines.join("\r\n")}`)).toEqual([
      { id: "questions.jsonl:1", turns: ["a plain string"] },
      { id: "questions.jsonl:2", turns: ["from prompt"] },
      { id: "questions.jsonl:3", turns: ["from text"] },
      { id: "questions.jsonl:81", turns: ["from question"] },
      { id: "questions.jsonl:pair", turns: ["first", "second"] },
      { id: "questions.jsonl:6", turns: ["one", "two"] },
      { id: "questions.jsonl:7", turns: ["hello", "again"], system: "Be brief." },
      { id: "questions.jsonl:8", turns: ["share"] },
    ]);
  });

  it("gives the field that the plan names, before the usual ones", () => {
    expect(read("jsonl", '{"prompt": "no", "ask": "yes"}', "ask")[0]?.turns).toEqual(["yes"]);
    expect(read("csv", "id,ask\n1,yes\n", "ask")[0]?.turns).toEqual(["yes"]);
  });

  it("may be CSV with a header: quoted cells, doubled quotes, line breaks inside, CRLF", () => {
    expect(read("csv", 'question,n\r\n"Why, ""really""?",1\r\n\r\n"two\r\nlines",2\r\nplain,3')).toEqual([
      { id: "questions.csv:2", turns: ['Why, "really"?'] },
      { id: "questions.csv:4", turns: ["two\r\nlines"] },
      { id: "questions.csv:6", turns: ["plain"] },
    ]);
  });

  it("may be text: one prompt a line, or blocks between lines of ---", () => {
    expect(read("text", "first\n\n  second  \r\n").map(({ turns }) => turns)).toEqual([["first"], ["second"]]);
    expect(read("text", "\na block\n\nof two paragraphs\n---\r\nanother\n---\n")).toEqual([
      { id: "questions.text:2", turns: ["a block\n\nof two paragraphs"] },
      { id: "questions.text:6", turns: ["another"] },
    ]);
  });

  it("keeps ids apart where the file repeats one", () => {
    const entries = read("jsonl", '{"id": 1, "prompt": "a"}\n{"id": 1, "prompt": "b"}\n"c"\n{"id": 3, "prompt": "d"}');
    expect(new Set(entries.map(({ id }) => id)).size).toBe(4);
  });

  it("reads any JSONL that was written from strings, and any CSV that was quoted", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => value.trim() !== "");
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 10 }), (prompts) => {
        const jsonl = read("jsonl", prompts.map((prompt) => JSON.stringify(prompt)).join("\n"));
        expect(jsonl.map(({ turns }) => turns[0])).toEqual(prompts);
        const csv = read("csv", `p,n\n${prompts.map((prompt) => `"${prompt.replaceAll('"', '""')}",1`).join("\n")}`);
        expect(csv.map(({ turns }) => turns[0])).toEqual(prompts);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a workload with bad files", () => {
  it("names all of them at once, with place, line and hint, and exit code 104", () => {
    const bad = join(folder, "bad.jsonl");
    writeFileSync(
      bad,
      `{"prompt": ""}\n{oops\n{"other": 1}\n7\n{"turns": []}\n{"turns": ["a", ""]}\n${"{\n".repeat(20)}`,
    );
    const empty = join(folder, "empty.txt");
    writeFileSync(empty, "\n\n");
    const csv = join(folder, "bad.csv");
    writeFileSync(csv, "q,n\nfine,1\n ,2\n");
    const sources: readonly PromptSource[] = [
      { kind: "file", file: bad, format: "jsonl" },
      { kind: "file", file: empty, format: "text" },
      { kind: "file", file: csv, format: "csv" },
      { kind: "file", file: csv, format: "csv", field: "question" },
      { kind: "file", file: join(folder, "none.txt"), format: "text" },
      { kind: "builtin", set: "mixd" },
      { kind: "inline", prompts: [] },
      { kind: "synthetic", tokens: { kind: "empirical", file: join(folder, "none.csv"), column: "n" } },
    ];
    const plan = workloadPlan({
      stages: [openStage(0, 1000, [holdFor(1, 1000)])],
      personas: sources.map((prompts, i) => ({ ...asker, name: `p${i}`, prompts })),
    });
    let thrown: unknown;
    try {
      loadWorkload(plan);
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof PlimsollError)) throw new Error("nothing was thrown");
    expect(thrown.exitCode).toBe(104);
    const seen = thrown.faults.map(
      ({ code, path = "", line }) => `${path.replace(/^workload\.personas/, "")} ${code} ${line ?? "-"}`,
    );
    expect(seen).toEqual([
      "[0].prompts.file WORKLOAD_PROMPT_MISSING 1",
      "[0].prompts.file WORKLOAD_JSON_INVALID 2",
      "[0].prompts.file WORKLOAD_PROMPT_MISSING 3",
      "[0].prompts.file WORKLOAD_PROMPT_MISSING 4",
      "[0].prompts.file WORKLOAD_PROMPT_MISSING 5",
      "[0].prompts.file WORKLOAD_PROMPT_MISSING 6",
      "[0].prompts.file WORKLOAD_JSON_INVALID 7",
      "[0].prompts.file WORKLOAD_JSON_INVALID 8",
      "[0].prompts.file WORKLOAD_JSON_INVALID 9",
      "[0].prompts.file WORKLOAD_JSON_INVALID 10",
      "[0].prompts.file WORKLOAD_MORE_FAULTS -",
      "[1].prompts.file WORKLOAD_FILE_EMPTY -",
      "[2].prompts.file WORKLOAD_PROMPT_MISSING 3",
      "[3].prompts.field WORKLOAD_COLUMN_MISSING 1",
      "[4].prompts.file WORKLOAD_FILE_UNREADABLE -",
      "[5].prompts WORKLOAD_UNKNOWN_PROMPT_SET -",
      "[6].prompts WORKLOAD_FILE_EMPTY -",
      "[7].prompts.tokens WORKLOAD_FILE_UNREADABLE -",
    ]);
    for (const { hint } of thrown.faults) expect(hint).toMatch(/^[A-Z]/);
  });
});
