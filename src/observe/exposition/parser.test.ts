import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExpositionParser, SeriesMemory, type TextFormat } from "./parser.ts";
import { type ExpositionLimits, LIMITS, Refusal } from "./refusal.ts";
import type { Sample } from "./types.ts";

function parse(
  page: string | readonly Uint8Array[],
  format: TextFormat = "prometheus",
  limits: Partial<ExpositionLimits> = {},
): readonly Sample[] {
  const parser = new ExpositionParser(format, { ...LIMITS, ...limits });
  for (const piece of typeof page === "string" ? [Buffer.from(page)] : page) parser.push(piece);
  return parser.end();
}

const brief = (samples: readonly Sample[]) =>
  samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

/** What came of a page: its samples, or the code with which it was refused. */
function outcome(...args: Parameters<typeof parse>): unknown {
  try {
    return brief(parse(...args));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const PAGE = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find \\"FILE.TXT\\"\\nüñí # { } ,"} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
not_a_number NaN
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.5"} 4773
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
# TYPE request_seconds histogram
request_seconds_bucket{le="0.1"} 33444
request_seconds_bucket{le="+Inf"} 144320
request_seconds_sum 53423
request_seconds_count 144320
`;

const OPEN = `# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
# TYPE foo counter
foo_total 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.7
foo_created 1520430000.123
# TYPE h histogram
h_bucket{le="1.0"} 10 # {trace_id="oHg5SJ#YRHA0"} 0.54
h_count 11
h_sum 4.5
# EOF
`;

describe("Prometheus text", () => {
  test("tells names, labels, values, special values and escapes", () => {
    expect(brief(parse(PAGE)).slice(0, 6)).toEqual([
      ["http_requests_total", { method: "post", code: "200" }, 1027],
      ["http_requests_total", { method: "post", code: "400" }, 3],
      [
        "msdos_file_access_time_seconds",
        { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find "FILE.TXT"\nüñí # { } ,' },
        1.458255915e9,
      ],
      ["metric_without_timestamp_and_labels", {}, 12.47],
      ["something_weird", { problem: "division by zero" }, Number.POSITIVE_INFINITY],
      ["not_a_number", {}, Number.NaN],
    ]);
  });

  test("is typed by `# TYPE`, not by suffix", () => {
    const page = `# TYPE nv_inference_pending_request_count gauge
nv_inference_pending_request_count 3
# TYPE latency histogram
latency_bucket{le="+Inf"} 2
latency_sum 9
latency_count 2
# TYPE latency_total counter
latency_total 5
loose_bucket 1
# TYPE g gauge
g_sum 1
`;
    expect(parse(page).map(({ name, family, type, part }) => [name, family, type, part])).toEqual([
      ["nv_inference_pending_request_count", "nv_inference_pending_request_count", "gauge", "value"],
      ["latency_bucket", "latency", "histogram", "bucket"],
      ["latency_sum", "latency", "histogram", "sum"],
      ["latency_count", "latency", "histogram", "count"],
      ["latency_total", "latency_total", "counter", "value"],
      ["loose_bucket", "loose_bucket", "unknown", "value"],
      ["g_sum", "g_sum", "unknown", "value"],
    ]);
  });

  test("takes names and labels in quotes, whatever they hold", () => {
    expect(brief(parse('{"my.metric","label.one"="a",two="b"} 1\n{"only"} 2\n'))).toEqual([
      ["my.metric", { "label.one": "a", two: "b" }, 1],
      ["only", {}, 2],
    ]);
  });

  test.each([
    ["an HTML page", "<!doctype html>\n<html><body>hello</body></html>\n"],
    ["a name without a value", "up\n"],
    ["a value that is no number", "up one\n"],
    ["a number in hex", "up 0x1p3\n"],
    ["labels that do not end", 'up{job="a" 1\n'],
    ["a label without quotes", "up{job=a} 1\n"],
    ["a label without a value", "up{job} 1\n"],
    ["a label twice", 'up{a="1",a="2"} 1\n'],
    ["a name with a blank", "up down 1\n"],
    ["words after the value", "up 1 2 3\n"],
    ["an unknown type", "# TYPE up thing\nup 1\n"],
    ["a type without a type", "# TYPE up\nup 1\n"],
    ["labels without a name", '{a="1"} 1\n'],
  ])("is refused as a whole for %s", (_, page) => {
    expect(outcome(`good 1\n${page}`)).toBe("malformed");
  });

  test("counts a series that is there twice once", () => {
    expect(brief(parse('a{b="1"} 1\na{b="1"} 7\na{b="2"} 3\n'))).toEqual([
      ["a", { b: "1" }, 1],
      ["a", { b: "2" }, 3],
    ]);
  });
});

describe("OpenMetrics text", () => {
  test("leaves exemplars, timestamps and units aside, and knows a counter's parts", () => {
    expect(parse(OPEN, "openmetrics").map(({ name, family, part, value }) => [name, family, part, value])).toEqual([
      ["acme_http_router_request_seconds_sum", "acme_http_router_request_seconds", "sum", 9036.32],
      ["acme_http_router_request_seconds_count", "acme_http_router_request_seconds", "count", 807283],
      ["acme_http_router_request_seconds_created", "acme_http_router_request_seconds", "created", 1605281325],
      ["foo_total", "foo", "value", 17],
      ["foo_created", "foo", "created", 1520430000.123],
      ["h_bucket", "h", "bucket", 10],
      ["h_count", "h", "count", 11],
      ["h_sum", "h", "sum", 4.5],
    ]);
  });

  test("without its end is refused as cut short, and so is what comes after it", () => {
    expect(outcome(OPEN.replace("# EOF\n", ""), "openmetrics")).toBe("cut-short");
    expect(outcome(`${OPEN}foo_total 3\n`, "openmetrics")).toBe("malformed");
  });
});

describe("the bounds of an answer", () => {
  test.each<[string, Partial<ExpositionLimits>, string]>([
    ["bytes", { bytes: 40 }, "too-large"],
    ["a line", { lineBytes: 9 }, "line-too-long"],
    ["series", { series: 2 }, "too-many-series"],
  ])("refuse too many %s", (_, limits, code) => {
    expect(outcome('a{b="1"} 1\na{b="2"} 2\na{b="3"} 3\na{b="4"} 4\n', "prometheus", limits)).toBe(code);
  });

  test("refuse a line without end before it is held whole", () => {
    const parser = new ExpositionParser("prometheus");
    const piece = Buffer.alloc(1000, "a");
    let taken = 0;
    expect(() => {
      for (; taken < LIMITS.bytes; taken += piece.length) parser.push(piece);
    }).toThrow(Refusal);
    expect(taken).toBeLessThanOrEqual(LIMITS.lineBytes);
  });

  test("hold what is remembered of earlier answers, too", () => {
    const memory = new SeriesMemory({ ...LIMITS, series: 3, bytes: 30 });
    const read = (n: number) => memory.read(`a{b="${n}"}`);
    const first = read(1);
    expect(read(1)).toBe(first);
    for (const n of [2, 3, 4]) read(n);
    expect(read(1)).not.toBe(first);
    expect(read(1)).toEqual(first);
  });

  test("refuse types without end", () => {
    const types = Array.from({ length: 11 }, (_, i) => `# TYPE a${i} gauge\n`).join("");
    expect(outcome(types, "prometheus", { series: 10 })).toBe("too-many-series");
  });
});

const anyText = fc.string({ unit: "binary", maxLength: 20 });
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
const series = fc.record({
  name: metricName,
  labels: fc.uniqueArray(fc.tuple(labelName, anyText), { selector: ([name]) => name, maxLength: 4 }),
  value: fc.oneof(fc.double(), fc.integer()),
});

const written = (value: number): string =>
  Number.isNaN(value) ? "NaN" : value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

test("whatever a server may write is read as it was meant", () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 8 }), (all) => {
      const unique = [...new Map(all.map((one) => [JSON.stringify([one.name, one.labels]), one])).values()];
      const page = unique
        .map(({ name, labels, value }) => {
          const inside = labels.map(([key, text]) => `${key}="${escaped(text)}"`).join(",");
          return `${name}${inside === "" ? "" : `{${inside}}`} ${written(value)}\n`;
        })
        .join("");
      expect(brief(parse(page))).toEqual(
        unique.map(({ name, labels, value }) => [name, Object.fromEntries(labels), Object.is(value, -0) ? 0 : value]),
      );
    }),
    { numRuns: 300 },
  );
});

test("an answer that is split at any byte is read alike", () => {
  for (const [page, format] of [
    [PAGE, "prometheus"],
    [OPEN, "openmetrics"],
  ] as const) {
    const bytes = Buffer.from(page);
    const whole = outcome(page, format);
    for (let at = 0; at <= bytes.length; at++) {
      expect(outcome([bytes.subarray(0, at), bytes.subarray(at)], format)).toEqual(whole);
    }
    expect(
      outcome(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        format,
      ),
    ).toEqual(whole);
  }
});

test("whatever bytes come, an answer is read or refused, and nothing else happens", () => {
  const bytes = Buffer.from(PAGE);
  const mutation = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), cut: fc.nat(20) });
  fc.assert(
    fc.property(
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      fc.constantFrom<TextFormat>("prometheus", "openmetrics"),
      (all, format) => {
        let page = Buffer.from(bytes);
        for (const { at, byte, cut } of all) {
          page = Buffer.concat([page.subarray(0, at), Uint8Array.of(byte), page.subarray(at + cut)]);
        }
        outcome([page], format);
      },
    ),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void outcome([noise])),
    { numRuns: 500 },
  );
});
