import { describe, expect, it } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { parseRequests } from "./requests.ts";

const line = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    request_id: "a",
    input_toks: 100,
    output_toks: 11,
    arrival_time: 1_787_267_980.08,
    queued_ts: 27_536.5,
    scheduled_ts: 27_536.51,
    first_token_ts: 27_536.7,
    last_token_ts: 27_537.7,
    ...over,
  });

function faultsOf(text: string): PlimsollError["faults"] {
  try {
    parseRequests(text, "requests.jsonl");
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults;
    throw error;
  }
  return [];
}

describe("a table of requests", () => {
  it("keeps clocks apart: an arrival on the wall's clock gives way to the engine's own, and both are told", () => {
    const { episodes, engineClock, notes } = parseRequests(`${line()}\n${line({ queued_ts: 27_536.6 })}\n`, "r.jsonl");
    const [first, second] = episodes[0]?.requests ?? [];
    expect(first).toMatchObject({ inputTokens: 100, outputTokens: 11, arrivedAt: 0 });
    expect(first?.firstTokenAt).toBeCloseTo(200, 3);
    expect(first?.lastTokenAt).toBeCloseTo(1200, 3);
    expect(second?.arrivedAt).toBeCloseTo(100, 3);
    expect(engineClock).toBe(true);
    expect(notes.join(" ")).toContain("arrival_time is on another clock than first_token_ts");
  });

  it.each([
    ["seconds", "arrival,prompt_tokens,completion_tokens,ttft,latency\n0.5,10,11,0.2,1.2\n1,10,11,0.2,1.2\n"],
    [
      "ms by their size",
      "arrival,prompt_tokens,completion_tokens,ttft,latency\n500,10,11,200,1200\n1000,10,11,200,1200\n",
    ],
    [
      "dates beside ms",
      "timestamp,isl,osl,ttft,latency\n2026-11-24T13:00:00.5Z,10,11,200,1200\n2026-11-24T13:00:01Z,10,11,200,1200\n",
    ],
    ["ms by their names", "arrival_ms,isl,osl,ttft_ms,e2e_latency_ms\n500,10,11,200,1200\n1000,10,11,200,1200\n"],
    [
      "seconds and ms in one table",
      "timestamp_s,input_len,output_len,ttft_ms,latency_s\n0.5,10,11,200,1.2\n1,10,11,200,1.2\n",
    ],
    [
      "lists of one length",
      JSON.stringify({
        start_times: [0.5, 1],
        input_lens: [10, 10],
        output_lens: [11, 11],
        ttfts: [0.2, 0.2],
        latencies: [1.2, 1.2],
        model: "m",
      }),
    ],
  ])("reads %s", (_, text) => {
    const [, second] = parseRequests(text, "r").episodes[0]?.requests ?? [];
    expect(second?.arrivedAt).toBeCloseTo(500, 6);
    expect(second?.firstTokenAt).toBeCloseTo(700, 6);
    expect(second?.lastTokenAt).toBeCloseTo(1700, 6);
  });

  it("tells every fault of a file at once, line by line: rows that cannot be read, cells, gaps, lengths and orders", () => {
    const text = [
      line({ last_token_ts: 27_536.6 }),
      "{broken",
      line({ input_toks: -3 }),
      line({ output_toks: "many", first_token_ts: 27_530 }),
      line({ queued_ts: null }),
      line({ input_toks: 1e15 }),
      line({ last_token_ts: null }),
    ].join("\n");
    expect(faultsOf(text).map(({ code, line: at }) => [code, at])).toEqual([
      ["REQUESTS_ORDER", 1],
      ["REQUESTS_JSON", 2],
      ["REQUESTS_VALUE", 3],
      ["REQUESTS_VALUE", 4],
      ["REQUESTS_ORDER", 4],
      ["REQUESTS_ORDER", 4],
      ["REQUESTS_MISSING", 5],
      ["REQUESTS_LENGTH", 6],
      ["REQUESTS_MISSING", 7],
    ]);
  });

  it.each([
    ["input_toks", "The request has no prompt length."],
    ["output_toks", "The request has no answer length."],
    ["queued_ts", "The request has no arrival time."],
    ["first_token_ts", "The request has no time of the first token."],
    ["last_token_ts", "The request has no time of the last token."],
  ])("tells an empty cell of %s once, as what is missing", (name, message) => {
    expect(faultsOf([line(), line({ [name]: "" })].join("\n"))).toEqual([
      expect.objectContaining({ code: "REQUESTS_MISSING", line: 2, message }),
    ]);
  });

  it("keeps the microseconds of dates", () => {
    const at = (seconds: string): string => `2026-11-24T13:00:${seconds}+00:00`;
    const row = (arrived: string, first: string, last: string): string =>
      `${at(arrived)},100,11,${at(first)},${at(last)}`;
    const text = [
      "arrival_time,input_tokens,output_tokens,first_token_time,last_token_time",
      row("00.000125", "00.250375", "01.000875"),
      row("00.5001251", "00.750", "01"),
    ].join("\n");
    const [first, second] = parseRequests(text, "r").episodes[0]?.requests ?? [];
    expect(first?.firstTokenAt).toBeCloseTo(250.25, 3);
    expect(first?.lastTokenAt).toBeCloseTo(1000.75, 3);
    expect(second?.arrivedAt).toBeCloseTo(500.0001, 3);
    expect(second?.lastTokenAt).toBeCloseTo(999.875, 3);
  });

  it("keeps apart whose turn each request is, where a column says it", () => {
    const text = [line({ session_id: 7 }), line({ session_id: "b" }), line({ session_id: null })].join("\n");
    expect(parseRequests(text, "r").episodes[0]?.requests.map(({ conversation }) => conversation)).toEqual([
      "7",
      "b",
      undefined,
    ]);
  });

  it("names the columns that are missing and what they may be called", () => {
    const faults = faultsOf("when,words\n1,2\n");
    expect(faults.map(({ code }) => code)).toEqual(Array(5).fill("REQUESTS_COLUMN"));
    expect(faults.every(({ hint, file }) => hint?.startsWith("Name it one of ") && file === "requests.jsonl")).toBe(
      true,
    );
  });

  it("refuses a table whose arrivals share no clock with its first tokens", () => {
    const without = [line({ queued_ts: undefined }), line({ queued_ts: undefined })].join("\n");
    expect(faultsOf(without).map(({ code }) => code)).toEqual(["REQUESTS_CLOCKS"]);
  });

  it("bounds what it tells of a file that is all wrong", () => {
    const faults = faultsOf(
      Array.from({ length: 400 }, () => "nonsense{")
        .join("\n")
        .replace(/^/, `${line()}\n`),
    );
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)).toMatchObject({ code: "REQUESTS_MORE", message: "350 more faults like these." });
  });

  it("counts rows without an answer instead of losing them in silence", () => {
    const { notes, episodes } = parseRequests([line(), line({ output_toks: 0 }), line()].join("\n"), "r");
    expect(episodes[0]?.requests).toHaveLength(2);
    expect(notes.join(" ")).toContain("1 of 3 rows have no answer and are left out (first at line 2)");
  });

  it("refuses a request that no model's context holds, with its line", () => {
    const text = [line(), line({ input_toks: 1e15 }), line({ output_toks: 1e9 })].join("\n");
    expect(faultsOf(text).map(({ code, line: at }) => [code, at])).toEqual([
      ["REQUESTS_LENGTH", 2],
      ["REQUESTS_LENGTH", 3],
    ]);
  });

  it("refuses rows in seconds beside rows in ms, and says which are the fewer", () => {
    const seconds = (i: number) => `${i},100,11,${i + 0.2},${i + 1.2}`;
    const ms = (i: number) => `${i * 1000},100,11,${i * 1000 + 200},${i * 1000 + 1200}`;
    const rows = Array.from({ length: 40 }, (_, i) => (i < 25 ? seconds(i) : ms(i)));
    const text = ["arrival,input_tokens,output_tokens,first_token_time,last_token_time", ...rows].join("\n");
    expect(faultsOf(text).map(({ code, line: at }) => [code, at])).toEqual([["REQUESTS_UNITS", 27]]);
    const slow = rows.map((row, i) => (i === 3 ? "3,100,11,3.2,400" : row)).slice(0, 25);
    expect(faultsOf([text.split("\n")[0], ...slow].join("\n"))).toEqual([]);
  });

  it("refuses a table that is one request over and over", () => {
    expect(faultsOf(Array.from({ length: 120 }, () => line()).join("\n")).map(({ code }) => code)).toEqual([
      "REQUESTS_SAME",
    ]);
  });
});
