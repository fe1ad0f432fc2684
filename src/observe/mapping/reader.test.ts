import { describe, expect, test } from "vitest";
import { ExpositionParser } from "../exposition/parser.ts";
import {
  countOf,
  distinct,
  first,
  label,
  map,
  product,
  rate,
  ratio,
  rest,
  sumOf,
  timing,
  total,
  value,
} from "../servers/source.ts";
import type { ServerEntry } from "../servers/types.ts";
import { PartReader, type Reading, SERIES_BOUNDS, seriesRoom } from "./reader.ts";

const engine: ServerEntry = {
  kind: "engine",
  title: "Engine",
  tells: [["e:running"]],
  replica: ["engine"],
  maps: [
    map("server.running", value("e:running")),
    map("server.kv.used", value(["e:kv_new", "e:kv_old"], { scale: 0.01 })),
    map("server.preempted", value("e:preempted_total")),
    ...timing("server.ttft", "e:ttft_seconds"),
  ],
};

function samplesOf(page: string) {
  const parser = new ExpositionParser("prometheus");
  parser.push(Buffer.from(page));
  return parser.end();
}

/** `name{labels}` to value, without the labels that every series of the part has. */
function told({ points }: Reading): Record<string, number> {
  return Object.fromEntries(
    points.map(({ name, labels, value: figure }) => [
      `${name}${labels
        .replace('part="p"', "")
        .replace(/,?server="[a-z]*"/, "")
        .replace("{,", "{")
        .replace("{}", "")}`,
      figure,
    ]),
  );
}

/** What the pages of one server tell, scraped a second apart. */
function scrapes(table: readonly ServerEntry[], ...pages: readonly string[]): Reading[] {
  const reader = new PartReader("p", table);
  return pages.map((page, i) => reader.read(samplesOf(page), i * 1000));
}

const entry = (maps: ServerEntry["maps"], over: Partial<ServerEntry> = {}): ServerEntry => ({
  ...engine,
  replica: [],
  tells: [["e:*"]],
  maps,
  ...over,
});

const one = (maps: ServerEntry["maps"], ...pages: readonly string[]) => scrapes([entry(maps)], ...pages).map(told);

describe("a recognised server", () => {
  test("is told by concepts, one series a replica, folded as the concept says", () => {
    const [reading] = scrapes(
      [engine],
      `e:running{engine="0",model="a"} 3
e:running{engine="0",model="b"} 4
e:running{engine="1",model="a"} 5
e:kv_old{engine="0",model="a"} 20
e:kv_old{engine="0",model="b"} 75
`,
    );
    expect(reading && told(reading)).toEqual({
      'server.running{replica="0"}': 7,
      'server.running{replica="1"}': 5,
      'server.kv.used{replica="0"}': 0.75,
    });
    expect(reading?.recognised).toEqual([engine]);
    expect(reading?.points[0]?.labels).toBe('{part="p",replica="0",server="engine"}');
  });

  test("has a counter under its name with `_total` and without", () => {
    for (const name of ["e:preempted_total", "e:preempted"]) {
      const [reading] = scrapes([engine], `e:running 0\n# TYPE ${name} counter\n${name} 8\n`);
      expect(reading && told(reading)).toMatchObject({ "server.preempted": 8 });
    }
  });

  test("has a histogram's sum and count as a pair in ms, and its buckets under their own name", () => {
    const [reading] = scrapes(
      [engine],
      `e:running 0
# TYPE e:ttft_seconds histogram
e:ttft_seconds_bucket{le="0.5"} 2
e:ttft_seconds_bucket{le="+Inf"} 3
e:ttft_seconds_sum 1.25
e:ttft_seconds_count 3
`,
    );
    expect(reading && told(reading)).toEqual({
      "server.running": 0,
      "server.ttft.ms": 1250,
      "server.ttft.count": 3,
      'raw.e:ttft_seconds_bucket{le="0.5",}': 2,
      'raw.e:ttft_seconds_bucket{le="+Inf",}': 3,
    });
  });

  test("that begins again is told by the counters that fell, not by gauges", () => {
    const page = (running: number, preempted: number) => `e:running ${running}\ne:preempted_total ${preempted}\n`;
    const readings = scrapes([engine], page(9, 5), page(2, 7), page(1, 0), page(4, 1));
    expect(readings.map(({ resets }) => resets)).toEqual([[], [], ["server.preempted"], []]);
  });

  test("that is not there for a scrape stays recognised", () => {
    const readings = scrapes([engine], "e:running 1\n", "e:kv_new 50\n");
    expect(readings.map(({ recognised }) => recognised.length)).toEqual([1, 0]);
    expect(readings.map(told)[1]).toEqual({ "server.kv.used": 0.5 });
  });

  test("is another where a name rules it out", () => {
    const [reading] = scrapes([{ ...engine, unless: ["e:router"] }], "e:running 1\ne:router 1\n");
    expect(reading && told(reading)).toEqual({ "raw.e:running": 1, "raw.e:router": 1 });
  });

  test("lends its name to what comes along with any server", () => {
    const process: ServerEntry = {
      ...entry([map("process.cpu", value("cpu_total"))]),
      kind: "process",
      tells: [["cpu_total"]],
      beside: true,
    };
    const servers = (page: string) =>
      scrapes([process, engine], page).flatMap(({ points }) => points.map(({ name, labels }) => `${name} ${labels}`));
    expect(servers("e:running 1\ncpu_total 4\n")).toContain('process.cpu {part="p",server="engine"}');
    expect(servers("cpu_total 4\n")).toEqual(['process.cpu {part="p",server="process"}']);
  });
});

describe("a figure made of others", () => {
  test("is a rate from the second scrape on, and none after a reset", () => {
    expect(
      one(
        [map("server.busy", rate(value("e:busy_total")))],
        "e:busy_total 4\n",
        "e:busy_total 4.5\n",
        "e:busy_total 0\n",
      ),
    ).toEqual([{}, { "server.busy": 0.5 }, {}]);
  });

  test("serves two concepts that share a rate", () => {
    const busy = rate(value("e:busy_total"));
    const maps = [map("server.busy", busy), map("host.cpu", rest(busy))];
    expect(one(maps, "e:busy_total 1\n", "e:busy_total 1.25\n")[1]).toEqual({ "server.busy": 0.25, "host.cpu": 0.75 });
  });

  test("is a ratio, a product, a sum, what is left of 1, the first that is there, or a count of values", () => {
    const page = `e:used 30
e:size 40
e:info{blocks="10",tokens="16"} 1
e:cpu{cpu="0",mode="idle"} 1
e:cpu{cpu="1",mode="idle"} 1
e:cpu{cpu="1",mode="user"} 1
`;
    expect(
      one(
        [
          map("cache.memory", ratio(value("e:used"), value("e:size"))),
          map("host.memory", rest(ratio(value("e:used"), value("e:size")))),
          map("server.kv.tokens", product(label("e:info", "blocks"), label("e:info", "tokens"))),
          map("store.queries", total(value("e:used"), value("e:absent"), value("e:size"))),
          map("server.queued", first(value("e:absent"), value("e:size"))),
          map("host.cores", distinct("e:cpu", "cpu", { mode: "idle" })),
        ],
        page,
      ),
    ).toEqual([
      {
        "cache.memory": 0.75,
        "host.memory": 0.25,
        "server.kv.tokens": 160,
        "store.queries": 70,
        "server.queued": 40,
        "host.cores": 2,
        'raw.e:cpu{cpu="1",mode="user",}': 1,
      },
    ]);
  });

  test("is absent where a part is missing, not a number or a division by zero", () => {
    const maps = [
      map("cache.memory", ratio(value("e:used"), value("e:size"))),
      map("server.queued", value("e:queued")),
      map("server.step.tokens", sumOf("e:steps")),
      map("server.steps", countOf("e:steps")),
    ];
    expect(one(maps, "e:used 1\ne:size 0\ne:queued NaN\n", "e:used 1\ne:queued +Inf\n")).toEqual([{}, {}]);
  });

  test("counts only labels that are asked for: a text, one of a list, a pattern, or none at all", () => {
    const page = 'e:n{s="a"} 1\ne:n{s="b"} 10\ne:n{s="bc"} 100\ne:n 1000\n';
    const where = (s: string | readonly string[] | RegExp) =>
      one([map("server.queued", value("e:n", { where: { s } }))], page)[0];
    expect(where("a")).toMatchObject({ "server.queued": 1 });
    expect(where(["a", "b"])).toMatchObject({ "server.queued": 11 });
    expect(where(/^b/)).toMatchObject({ "server.queued": 110 });
    expect(where("")).toMatchObject({ "server.queued": 1000 });
  });
});

describe("what no table knows", () => {
  test("keeps its name and labels behind `raw.`, and is told again when it has changed", () => {
    const readings = scrapes([], 'x{part="of theirs",b="q\\"q"} 1\ny 2\n', 'x{part="of theirs",b="q\\"q"} 1\ny 3\n');
    expect(readings[0]?.points.map(({ name, labels }) => `${name}${labels}`)).toEqual([
      'raw.x{b="q\\"q",exported_part="of theirs",part="p"}',
      'raw.y{part="p"}',
    ]);
    expect(readings[1]?.points).toEqual([{ at: 1000, name: "raw.y", labels: '{part="p"}', value: 3 }]);
  });

  test("is bounded in number and in length, however many names a server makes up", () => {
    const reader = new PartReader("p", [], seriesRoom(), { ...SERIES_BOUNDS, raw: 10, text: 40 });
    let points = 0;
    let leftOut = 0;
    for (let i = 0; i < 20; i++) {
      const page = Array.from({ length: 5 }, (_, j) => `x{n="${i * 5 + j}"} 1\n`).join("");
      const reading = reader.read(samplesOf(`${page}${"long".repeat(20)} 1\n`), i);
      points += reading.points.length;
      leftOut += reading.leftOut;
    }
    expect(points).toBe(10);
    expect(leftOut).toBe(10);
  });

  test("concepts are bounded in replicas and in the length of their names", () => {
    const long = `e:running{engine="${"x".repeat(600)}"} 1\n`;
    const page = long + Array.from({ length: 50 }, (_, i) => `e:running{engine="${i}"} 1\n`).join("");
    const reading = new PartReader("p", [engine], seriesRoom(), { ...SERIES_BOUNDS, concepts: 20 }).read(
      samplesOf(page),
      0,
    );
    expect(reading.points).toHaveLength(20);
    expect(reading.leftOut).toBe(31);
  });

  test("parts share one room, so that many servers do not crowd out the load's own names", () => {
    const room = seriesRoom(3);
    const read = (part: string) => new PartReader(part, [], room).read(samplesOf("a 1\nb 1\n"), 0);
    expect([read("p"), read("q"), read("r")].map(({ points, leftOut }) => [points.length, leftOut])).toEqual([
      [2, 0],
      [1, 1],
      [0, 2],
    ]);
  });
});
