import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { TraceSource } from "../parser.ts";
import { readTrace, streamTrace } from "../read.ts";
import { parseDate } from "../timestamp.ts";
import type { TraceRow } from "../types.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-traces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string | Buffer, name = "trace"): string {
  const file = join(folder, `${++files}-${name}`);
  writeFileSync(file, content);
  return file;
}

function read(source: TraceSource) {
  const rows: TraceRow[] = [];
  const { format, faults } = readTrace(source, (row) => rows.push(row) > 0);
  return { rows, format: format?.name, faults };
}

const MIDNIGHT = Date.UTC(2024, 4, 10);

describe("a trace's dates", () => {
  it.each([
    ["2023-11-16 18:17:03.9799600", Date.UTC(2023, 10, 16, 18, 17, 3) + 979.96],
    ["2024-05-10 00:00:00.009930+00:00", MIDNIGHT + 9.93],
    ["2024-05-10 00:00:00+00:00", MIDNIGHT],
    ["2024-05-10T02:00:00.5+02:00", MIDNIGHT + 500],
    ["2024-05-09 19:30:00-0430", MIDNIGHT],
    ["2024-05-10 00:00:00Z", MIDNIGHT],
  ])("%s is read to the microsecond", (text, at) => {
    expect(Math.abs((parseDate(text) ?? Number.NaN) - at)).toBeLessThan(0.001);
  });

  it.each(["2024-13-10 00:00:00", "2024-05-10", "24:00", "1700000000", ""])("%s is none", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});

const COMMON = { input: 100, output: 7 };

describe("a trace is recognised by its content", () => {
  it.each<[string, string, readonly TraceRow[]]>([
    [
      "azure-llm",
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2024-05-10 00:00:00.5+00:00,100,7\r\n2024-05-10 00:00:01+00:00,100,7\r\n",
      [500, 1000].map((at) => ({ at: MIDNIGHT + at, ...COMMON })),
    ],
    [
      "azure-lmm",
      "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00,3,100,7",
      [{ at: MIDNIGHT, ...COMMON, images: 3 }],
    ],
    [
      "burstgpt",
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n45,s1,1.5,GPT-4,100,7,107,API log\n46.5,,2,GPT-4,100,0,100,API log\n",
      [
        { at: 45_000, ...COMMON, session: "s1" },
        { at: 46_500, input: 100, output: 0 },
      ],
    ],
    [
      "burstgpt",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,100,7,107,Conversation log\n",
      [{ at: 5000, ...COMMON }],
    ],
    [
      "mooncake",
      '{"timestamp": 3000, "input_length": 100, "output_length": 7, "hash_ids": [0, 46]}\n',
      [{ at: 3000, ...COMMON, blocks: [0, 46] }],
    ],
    [
      "splitwise",
      "request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size\n0,2,0,0.25,1,100,7\n",
      [{ at: 250, ...COMMON, tenant: "0" }],
    ],
    ["vidur", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.125,100,7\n", [{ at: 125, ...COMMON }]],
  ])("%s", (name, content, rows) => {
    const plain = read({ file: fileOf(content) });
    expect(plain).toEqual({ rows, format: name, faults: [] });
    expect(read({ file: fileOf(gzipSync(content), "packed.gz") })).toEqual(plain);
  });

  it("Qwen-Bailian's chats are conversations with those that they go on from, also along a chain", () => {
    const chat = (id: number, parent: number, at: number): string =>
      JSON.stringify({
        chat_id: id,
        parent_chat_id: parent,
        timestamp: at,
        input_length: 100,
        output_length: 7,
        type: "text",
        turn: 1,
        hash_ids: [id],
      });
    const lines = [chat(1, -1, 0), chat(2, -1, 1), chat(3, 1, 2), chat(4, 3, 3), chat(5, 99, 4)];
    const { rows, format } = read({ file: fileOf(lines.join("\n")) });
    expect(format).toBe("qwen-bailian");
    expect(rows.map(({ session }) => session)).toEqual(["1", "2", "1", "1", "5"]);
  });

  it("columns that a plan names make a trace of any CSV or JSONL, nested fields and quoted cells too", () => {
    const csv = 'when,who,"tokens, in",out\n1500,"Ada, ""A""",12.0,3\n';
    expect(
      read({
        file: fileOf(csv),
        columns: { time: "when", unit: "ms", input: "tokens, in", output: "out", tenant: "who" },
      }).rows,
    ).toEqual([{ at: 1500, input: 12, output: 3, tenant: 'Ada, "A"' }]);
    const jsonl = '{"t": 2, "usage": {"in": 12, "out": 3}, "conversation": 8}\n';
    expect(
      read({
        file: fileOf(jsonl),
        columns: { time: "t", unit: "s", input: "usage.in", output: "usage.out", session: "conversation" },
      }).rows,
    ).toEqual([{ at: 2000, input: 12, output: 3, session: "8" }]);
  });

  it("ServeGen's clients send what their windows say, a tenant each, the same every time", () => {
    const clients = join(folder, "clients");
    mkdirSync(clients);
    const dataset = { 0: { input_tokens: "{100: 0.5, 200: 0.5}", output_tokens: "{7: 1.0}" } };
    for (const [name, pattern] of [
      ["chunk-0", "Gamma,0.25,40"],
      ["chunk-1", ",,"],
    ] as const) {
      writeFileSync(join(clients, `${name}-trace.csv`), `0,0.5,2.0,${pattern}\n600,0,,,,\n1200,2,1.0,Weibull,1,1\n`);
      writeFileSync(join(clients, `${name}-dataset.json`), JSON.stringify(dataset));
    }
    const { rows, format, faults } = read({ file: clients });
    expect([format, faults]).toEqual(["servegen", []]);
    expect(rows.length).toBe(2 * (300 + 1200));
    expect(rows.every(({ at }, i) => at >= (rows[i - 1]?.at ?? 0))).toBe(true);
    expect(rows.filter(({ at }) => at >= 600_000 && at < 1_200_000)).toEqual([]);
    expect(rows.filter(({ tenant }) => tenant === "chunk-0").length).toBe(1500);
    const short = rows.filter(({ input }) => input === 100).length;
    // Binomial of 3000 at a half: five standard deviations.
    expect(Math.abs(short - 1500)).toBeLessThan(5 * Math.sqrt(750));
    expect(read({ file: clients }).rows).toEqual(rows);
  });
});

describe("what is wrong with a trace", () => {
  it("is told with its line, all of it at once, and the rest is read", () => {
    const lines = ["TIMESTAMP,ContextTokens,GeneratedTokens", "yesterday,1,1", "2024-05-10 00:00:00,x,1"];
    const { rows, faults } = read({
      file: fileOf([...lines, "2024-05-10 00:00:00,5,-1", "2024-05-10 00:00:01,5,6"].join("\n")),
    });
    expect(faults.map(({ line, received }) => [line, received])).toEqual([
      [2, "yesterday"],
      [3, "x"],
      [4, "-1"],
    ]);
    expect(rows).toEqual([{ at: MIDNIGHT + 1000, input: 5, output: 6 }]);
  });

  it("is counted beyond the first ten", () => {
    const { faults } = read({
      file: fileOf(`arrived_at,num_prefill_tokens,num_decode_tokens\n${"a,b,c\n".repeat(25)}`),
    });
    expect(faults.length).toBe(11);
    expect(faults.at(-1)?.message).toContain("15 more lines");
  });

  it.each([
    ["a file that is no trace", "a,b\n1,2\n", "TRACE_FORMAT"],
    ["a JSON array", '[{"timestamp": 1}]', "TRACE_FORMAT"],
    ["numbers without a unit", "t,a,b\n1,2,3\n", "TRACE_VALUE"],
  ])("%s", (what, content, code) => {
    const columns = what.includes("unit") ? { time: "t", input: "a", output: "b" } : undefined;
    const { faults } = read({ file: fileOf(content), ...(columns === undefined ? {} : { columns }) });
    expect(faults.map((fault) => fault.code)).toEqual([code]);
    expect(faults[0]?.hint).toMatch(/^[A-Z]\w+/);
  });

  it("lines a little out of order are put in order, lines far out of it are told", () => {
    const head = "arrived_at,num_prefill_tokens,num_decode_tokens\n";
    const { rows, faults } = read({ file: fileOf(`${head}10,1,1\n9.5,2,1\n10.5,3,1\n`) });
    expect([rows.map(({ input }) => input), faults]).toEqual([[2, 1, 3], []]);
    const far = read({ file: fileOf(`${head}1000,1,1\n9.5,2,1\n`) });
    expect(far.faults.map(({ code, line }) => [code, line])).toEqual([["TRACE_ORDER", 3]]);
  });

  it("a damaged packed file and a missing one are faults, not crashes", async () => {
    const damaged = fileOf(
      gzipSync("arrived_at,num_prefill_tokens,num_decode_tokens\n1,1,1\n").subarray(0, 30),
      "x.gz",
    );
    for (const file of [damaged, join(folder, "nowhere.csv")]) {
      expect(read({ file }).faults.map(({ code }) => code)).toEqual(["TRACE_UNREADABLE"]);
      const streamed = await streamTrace({ file }, () => true);
      expect(streamed.faults.map(({ code }) => code)).toEqual(["TRACE_UNREADABLE"]);
    }
  });

  it("nothing that a file holds makes reading throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, hasHead) => {
        const head = hasHead ? "TIMESTAMP,ContextTokens,GeneratedTokens\n" : "";
        const { rows } = read({ file: fileOf(Buffer.concat([Buffer.from(head), bytes])) });
        expect(rows.every((row) => Number.isFinite(row.at))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

it("a packed trace is described as it is unpacked, in pieces that cut lines anywhere", async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i / 10},${i % 1000},${i % 7}`);
  const content = `arrived_at,num_prefill_tokens,num_decode_tokens\n${lines.join("\n")}`;
  const rows: TraceRow[] = [];
  const { faults } = await streamTrace({ file: fileOf(gzipSync(content), "long.gz") }, (row) => rows.push(row) > 0);
  expect(faults).toEqual([]);
  expect(rows.map(({ at, input, output }) => `${at / 1000},${input},${output}`)).toEqual(lines);
});
