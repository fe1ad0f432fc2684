import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asker, closedStage, holdFor, openStage, workloadPlan } from "../../../test/helpers/workload-plan.ts";
import { PlimsollError } from "../../base/index.ts";
import type { FeedPlan, Persona, PromptSource, Stage } from "../../plan/index.ts";
import { loadWorkload, type TurnScript, type Workload } from "../index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-sources-"));
  // Parquet files are rewritten among the temporary ones, and vitest ends its threads before they tidy up.
  vi.stubEnv("TMPDIR", join(folder, "temporary"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

interface With {
  readonly feeds?: readonly FeedPlan[];
  readonly persona?: Partial<Persona>;
  readonly stages?: readonly Stage[];
  readonly seed?: number;
}

function load(prompts: PromptSource, more: With = {}): Workload {
  const plan = workloadPlan({
    stages: more.stages ?? [openStage(0, 1000, [holdFor(1, 1000)])],
    personas: [{ ...asker, prompts, ...more.persona }],
    seed: more.seed ?? 1,
  });
  return loadWorkload({ ...plan, workload: { ...plan.workload, ...(more.feeds ? { feeds: more.feeds } : {}) } });
}

function first(workload: Workload, session: number): TurnScript {
  const turn = workload.session(session).turns[0];
  if (turn === undefined) throw new Error("a session without turns");
  return turn;
}

function faultsOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults.map(({ code, path }) => `${path} ${code}`);
    throw error;
  }
  return [];
}

describe("a prompt's source", () => {
  it("may be a CSV whose columns the plan maps to turns, system prompt, id, answer and language", () => {
    const file = write("mapped.csv", 'nr,q1,q2,role,gold,lang\n7,"How, then?",And?,Be brief.,42,en\n');
    const columns = { prompt: ["q1", "q2"], system: "role", id: "nr", answer: "gold", language: "lang" };
    const { system, turns } = load({ kind: "file", file, format: "csv", columns }).session(3);
    expect(system).toBe("Be brief.");
    expect(turns.map(({ promptId, prompt, answer }) => [promptId, prompt, answer])).toEqual([
      ["mapped.csv:7.1", "How, then?", undefined],
      ["mapped.csv:7.2", "And?", "42"],
    ]);
    expect(
      faultsOf(() => load({ kind: "file", file, format: "csv", columns: { prompt: ["q1", "q3"], answer: "none" } })),
    ).toEqual([
      "workload.personas[0].prompts.columns WORKLOAD_COLUMN_MISSING",
      "workload.personas[0].prompts.columns WORKLOAD_COLUMN_MISSING",
    ]);
  });

  it("may be a Parquet file, with flat columns or with chat messages", async () => {
    const file = join(folder, "chats.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`COPY (
      SELECT i AS id, [{role: 'system', content: 'Be kind.'}, {role: 'user', content: 'question ' || i}] AS messages
      FROM range(50) t(i)) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    const workload = load({ kind: "file", file, format: "parquet", order: "sequential" });
    expect(workload.prompts[0]?.says).toContain("chats.parquet, 50 chat messages");
    for (const i of [0, 1, 49])
      expect([workload.session(i).system, first(workload, i).promptId, first(workload, i).prompt]).toEqual([
        "Be kind.",
        `chats.parquet:${i}`,
        `question ${i}`,
      ]);
    const broken = write("broken.parquet", "this is no Parquet");
    expect(faultsOf(() => load({ kind: "file", file: broken, format: "parquet" }))).toEqual([
      "workload.personas[0].prompts.file WORKLOAD_PARQUET_INVALID",
    ]);
  });

  it("may be a folder of files, read in the order of their paths", () => {
    const place = join(folder, "tickets");
    mkdirSync(join(place, "old"), { recursive: true });
    writeFileSync(join(place, "b.txt"), "second");
    writeFileSync(join(place, "a.md"), "first");
    writeFileSync(join(place, "old", "c.txt"), "third");
    writeFileSync(join(place, ".hidden"), "never");
    const workload = load({ kind: "folder", folder: place, order: "sequential" });
    expect([0, 1, 2, 3].map((k) => [first(workload, k).promptId, first(workload, k).prompt])).toEqual([
      ["a.md", "first"],
      ["b.txt", "second"],
      [join("old", "c.txt"), "third"],
      ["a.md", "first"],
    ]);
    writeFileSync(join(place, "old", "d.txt"), " \n");
    writeFileSync(join(place, "e.bin"), Buffer.of(0xff, 0xfe));
    expect(faultsOf(() => load({ kind: "folder", folder: place }))).toEqual([
      "workload.personas[0].prompts.folder WORKLOAD_FILE_NOT_UTF8",
      "workload.personas[0].prompts.folder WORKLOAD_PROMPT_MISSING",
    ]);
  });

  it("says which known shape a JSONL file has", () => {
    const shapes = [
      ['{"question_id": 81, "turns": ["a", "b"], "reference": ["x", "y"]}', "MT-Bench questions"],
      ['{"conversations": [{"from": "human", "value": "a"}]}', "ShareGPT conversations"],
      ['{"messages": [{"role": "user", "content": "a"}]}', "chat messages"],
      ['{"custom_id": "r", "body": {"messages": [{"role": "user", "content": "a"}]}}', "batch requests"],
    ];
    for (const [line = "", shape] of shapes) {
      const workload = load({ kind: "file", file: write("shape.jsonl", line), format: "jsonl" });
      expect(workload.prompts).toEqual([{ persona: "asker", says: `shape.jsonl, 1 ${shape}` }]);
    }
  });

  it("carries tools, the form of the answer, and images and sound of chat messages to each turn", () => {
    const schema = { type: "object" };
    const line = {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "input_audio", input_audio: { format: "mp3", data: "BBBB" } },
          ],
        },
      ],
      tools: [{ type: "function", function: { name: "look", parameters: schema } }],
      response_format: { type: "json_schema", json_schema: { name: "seen", schema } },
    };
    const file = write("parts.jsonl", JSON.stringify(line));
    expect(first(load({ kind: "file", file, format: "jsonl" }), 0)).toMatchObject({
      prompt: "What is this?",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", mime: "image/png", data: "AAAA" },
        { type: "audio", format: "mp3", data: "BBBB" },
      ],
      tools: [{ name: "look", parameters: schema }],
      responseFormat: { name: "seen", schema },
    });
  });
});

describe("the order of prompts", () => {
  const list = Array.from({ length: 60 }, (_, i) => `p${i}`);
  const inline = (order: "sequential" | "shuffled" | "unique"): PromptSource => ({
    kind: "inline",
    prompts: list,
    order,
  });

  it("is each once a pass where it is shuffled, in another order each pass and for each seed", () => {
    const workload = load(inline("shuffled"));
    const pass = (from: number, of = workload) => list.map((_, k) => first(of, from + k).prompt);
    expect(pass(0).sort()).toEqual([...list].sort());
    expect(pass(60).sort()).toEqual([...list].sort());
    expect(pass(0)).not.toEqual(pass(60));
    expect(pass(0)).not.toEqual(pass(0, load(inline("shuffled"), { seed: 2 })));
    expect(pass(0)).toEqual(pass(0, load(inline("shuffled"))));
  });

  it("is each once in the run where it is unique, in open and closed stages together", () => {
    const stages = [openStage(0, 10_000, [holdFor(2, 10_000)]), closedStage(10_000, 5000, [holdFor(4, 5000)])];
    const workload = load(inline("unique"), { stages });
    const open = Array.from(workload.arrivals(), ({ session }) => session);
    const closed = Array.from({ length: 20 }, (_, i) => workload.firstClosedSession + i);
    const drawn = [...open, ...closed].map((session) => first(workload, session).prompt);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(() => workload.session(workload.firstClosedSession + 60)).toThrow(/all are used/);
  });

  it("is refused as unique where the run will have more sessions than there are prompts", () => {
    const stages = [openStage(0, 60_000, [holdFor(2, 60_000)])];
    expect(faultsOf(() => load(inline("unique"), { stages }))).toEqual([
      "workload.personas[0].prompts WORKLOAD_TOO_FEW",
    ]);
  });
});

describe("a template", () => {
  const feed = (order: FeedPlan["order"], rows = 30): FeedPlan => ({
    name: "orders",
    file: write(
      `orders-${order}.csv`,
      `id,city\n${Array.from({ length: rows }, (_, i) => `A-${i},Town ${i}`).join("\n")}\n`,
    ),
    format: "csv",
    order,
  });

  it("is filled from one row a session in all of its turns, and leaves other braces alone", () => {
    const source: PromptSource = {
      kind: "template",
      turns: ["Where is {{orders.id}}? {{not a feed}}", "And in {{ orders.city }}?"],
    };
    const workload = load(source, { feeds: [feed("sequential")] });
    for (const k of [0, 7, 31])
      expect(workload.session(k).turns.map(({ prompt }) => prompt)).toEqual([
        `Where is A-${k % 30}? {{not a feed}}`,
        `And in Town ${k % 30}?`,
      ]);
  });

  it("names feeds and columns that there are not, with the one that was meant", () => {
    const source: PromptSource = { kind: "template", turns: ["{{order.id}} {{orders.idd}}"] };
    expect(faultsOf(() => load(source, { feeds: [feed("random")] }))).toEqual([
      "workload.personas[0].prompts.template WORKLOAD_UNKNOWN_FEED",
      "workload.personas[0].prompts.template WORKLOAD_COLUMN_MISSING",
    ]);
  });

  it("gives no row twice from a unique feed, whichever worker draws it, and says beforehand where rows are too few", () => {
    const source: PromptSource = { kind: "template", turns: ["{{orders.id}}"] };
    const stages = [openStage(0, 10_000, [holdFor(2, 10_000)])];
    const [one, other] = [
      load(source, { feeds: [feed("unique", 60)], stages }),
      load(source, { feeds: [feed("unique", 60)], stages }),
    ];
    const drawn = Array.from(one.arrivals(), ({ session }) => first(session % 2 === 0 ? one : other, session).prompt);
    expect(drawn.length).toBeGreaterThan(5);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(faultsOf(() => load(source, { feeds: [feed("unique", 5)], stages }))).toEqual([
      "workload.feeds[0] WORKLOAD_TOO_FEW",
    ]);
  });
});

describe("a shared prefix", () => {
  const prefix = { tokens: { kind: "fixed", value: 200 }, count: 10, exponent: 1, share: 1, place: "prompt" } as const;
  const bare: PromptSource = { kind: "inline", prompts: ["Why?"] };
  const begin = (workload: Workload, k: number): string => first(workload, k).prompt.slice(0, -"\n\nWhy?".length);

  it("has the wanted length, and each of them comes as often as Zipf's law says", () => {
    const workload = load({ ...bare, prefix });
    const counts = new Map<string, number>();
    const n = 4000;
    for (let k = 0; k < n; k++) counts.set(begin(workload, k), (counts.get(begin(workload, k)) ?? 0) + 1);
    expect(counts.size).toBe(10);
    for (const text of counts.keys()) expect(countTokens(text)).toBe(200);
    const sum = Array.from({ length: 10 }, (_, k) => 1 / (k + 1)).reduce((a, b) => a + b);
    [...counts.values()]
      .sort((a, b) => b - a)
      .forEach((count, k) => {
        const p = 1 / (k + 1) / sum;
        expect(Math.abs(count - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)));
      });
  });

  it("is shared by the share of the sessions that the plan says; the others begin with as much text of their own", () => {
    const workload = load({ ...bare, prefix: { ...prefix, count: 1, share: 0.7 } });
    const n = 1000;
    const texts = Array.from({ length: n }, (_, k) => begin(workload, k));
    const most = Math.max(...[...new Set(texts)].map((text) => texts.filter((other) => other === text).length));
    expect(Math.abs(most - 0.7 * n)).toBeLessThan(4 * Math.sqrt(n * 0.21));
    expect(new Set(texts).size).toBe(n - most + 1);
    expect(new Set(texts.slice(0, 50).map((text) => countTokens(text)))).toEqual(new Set([200]));
  });

  it("may begin the system prompt, before the persona's own", () => {
    const workload = load({ ...bare, prefix: { ...prefix, place: "system" } }, { persona: { system: "Be brief." } });
    expect(workload.session(1).system).toMatch(/\w\.?\n\nBe brief\.$/);
    expect(first(workload, 1).prompt).toBe("Why?");
  });
});

describe("a mark of uniqueness", () => {
  it("begins system prompt and questions of the share of the sessions that the plan says, another in each", () => {
    const workload = load({ kind: "inline", prompts: ["Why?"], unique: 0.3 }, { persona: { system: "Be brief." } });
    const n = 1000;
    const marks = new Set<string>();
    for (let k = 0; k < n; k++) {
      const { system = "", turns } = workload.session(k);
      const [, mark] = /^([0-9a-f]{8}-[0-9a-z]+)\n\nWhy\?$/.exec(turns[0]?.prompt ?? "") ?? [];
      if (mark === undefined) expect([system, turns[0]?.prompt]).toEqual(["Be brief.", "Why?"]);
      else {
        expect(system).toBe(`${mark}\n\nBe brief.`);
        marks.add(mark);
      }
    }
    expect(Math.abs(marks.size - 0.3 * n)).toBeLessThan(4 * Math.sqrt(n * 0.21));
  });
});

describe("pictures and sounds", () => {
  it("come with each prompt as parts, drawn or from files, the same for the same seed", () => {
    const png = join(folder, "one.png");
    writeFileSync(png, Buffer.from("89504e47", "hex"));
    const source: PromptSource = {
      kind: "inline",
      prompts: ["See?"],
      images: { count: 2, width: 16, height: 8, distinct: 3 },
      audio: { count: 1, length: 50, rate: 8000, distinct: 1 },
    };
    const turn = first(load(source), 4);
    expect(turn.prompt).toBe("See?");
    const kinds = typeof turn.content === "string" ? [] : turn.content.map(({ type }) => type);
    expect(kinds).toEqual(["text", "image", "image", "audio"]);
    expect(first(load(source), 4)).toEqual(turn);
    const filed = first(load({ kind: "inline", prompts: ["See?"], images: { count: 1, files: folder } }), 0);
    expect(filed.content).toEqual([
      { type: "text", text: "See?" },
      { type: "image", mime: "image/png", data: "iVBORw==" },
    ]);
    expect(faultsOf(() => load({ kind: "inline", prompts: ["x"], audio: { count: 1, files: folder } }))).toEqual([
      "workload.personas[0].prompts.audio.files WORKLOAD_FILE_EMPTY",
    ]);
  });
});
