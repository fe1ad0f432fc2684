import { afterEach, describe, expect, test } from "vitest";
import { type RawServer, rawServer, type Script, type Step } from "../../test/helpers/raw-server.ts";
import { clockSince } from "../base/index.ts";
import { LIMITS } from "./exposition/refusal.ts";
import { SERIES_BOUNDS, seriesRoom } from "./mapping/reader.ts";
import type { Told } from "./settings.ts";
import { PageSource } from "./sources/page.ts";
import { answer, OPEN_HEAD, pathOf } from "./test/answers.ts";
import { Watch } from "./watch.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Watched {
  readonly server: RawServer;
  readonly watch: Watch;
  readonly events: Told["events"][number][];
  readonly points: Told["points"][number][];
  /** Names of the events, and their code where there is one. */
  names(): string[];
  last(name: string): number | undefined;
}

/** A hostile flood is refused as soon at a smaller bound as at the real one. */
const LESS = { ...LIMITS, bytes: 512 * 1024 };

async function watched(script: Script, limits = LIMITS): Promise<Watched> {
  const server = await rawServer(script);
  const events: Told["events"][number][] = [];
  const points: Told["points"][number][] = [];
  const url = `${server.url}/metrics`;
  const source = new PageSource({ name: "p", url, where: url, headers: {}, limits });
  ends.push(() => source.close(), server.close);
  const tell = (told: Told): void => {
    events.push(...told.events);
    points.push(...told.points);
  };
  const watch = new Watch({ source, clock: clockSince(0), room: seriesRoom(), tell });
  const names = () => events.map(({ name, detail }) => [name, detail["code"]].filter(Boolean).join(" "));
  return {
    server,
    watch,
    events,
    points,
    names,
    last: (name) => points.findLast((point) => point.name === name)?.value,
  };
}

const drip = (letter: string): readonly Step[] => [{ write: letter }, { wait: 5 }];

const PATIENCE = 10_000;
const SHORT = 150;

test("a good page is recognised, and its scrapes are series of their own", async () => {
  const { watch, points, names, last } = await watched(() => answer("vllm:num_requests_running 3\n"));
  await watch.look(PATIENCE);
  await watch.look(PATIENCE);
  expect(names()).toEqual(["recognised"]);
  expect(last("server.running")).toBe(3);
  expect(points.filter(({ name }) => name === "scrape.up").map(({ value }) => value)).toEqual([1, 1]);
  expect(last("scrape.failed")).toBe(0);
  expect(last("scrape.ms")).toBeGreaterThan(0);
  expect(points.find(({ name }) => name === "scrape.up")?.labels).toBe('{part="p",server="vllm"}');
});

test("a server that fails and comes back is told once each, and its failures are counted", async () => {
  const { watch, points, events, names, last } = await watched((_, number) =>
    number >= 1 && number <= 3 ? answer("busy", "text/plain", "503 Service Unavailable") : answer("a 1\n"),
  );
  for (let i = 0; i < 6; i++) await watch.look(PATIENCE);
  expect(names()).toEqual(["lost status", "back"]);
  expect(events.at(-1)?.detail).toMatchObject({ part: "p", failed: 3 });
  expect(points.filter(({ name }) => name === "scrape.up").map(({ value }) => value)).toEqual([1, 0, 0, 0, 1, 1]);
  expect(last("scrape.failed")).toBe(3);
});

test("a counter that begins again is an event that names it", async () => {
  const { watch, events } = await watched((_, number) =>
    answer(`vllm:num_requests_running 1\nvllm:num_preemptions_total ${[5, 9, 2][number] ?? 2}\n`),
  );
  for (let i = 0; i < 3; i++) await watch.look(PATIENCE);
  expect(events.filter(({ name }) => name === "reset").map(({ detail }) => detail["counters"])).toEqual([
    ["server.preempted"],
  ]);
});

test("several servers that answer at one address in turn are given up, since their mixture means nothing", async () => {
  const { watch, server, names } = await watched((_, number) =>
    answer(`vllm:num_requests_running 1\nvllm:num_preemptions_total ${number % 2 === 0 ? 1000 + number : number}\n`),
  );
  for (let i = 0; i < 30; i++) await watch.look(PATIENCE);
  expect(names().at(-1)).toBe("given-up several-servers");
  expect(server.requests.length).toBeLessThan(15);
});

test("a server that begins again now and then is not given up", async () => {
  const { watch, server, names } = await watched((_, number) =>
    answer(`vllm:num_requests_running 1\nvllm:num_preemptions_total ${number % 10}\n`),
  );
  for (let i = 0; i < 60; i++) await watch.look(PATIENCE);
  expect(names().filter((name) => name === "reset")).toHaveLength(5);
  expect(server.requests).toHaveLength(60);
});

test("a recognised server's further pages are read, and one that it does not have is told once", async () => {
  const page = answer("llamacpp:requests_processing 1\n");
  const slots = answer('[{"id":0,"is_processing":true},{"id":1,"is_processing":false}]', "application/json");
  const shown = await watched((request) => (pathOf(request) === "/slots" ? slots : page));
  for (let i = 0; i < 2; i++) await shown.watch.look(PATIENCE);
  expect(shown.last("server.running.limit")).toBe(2);

  const hidden = await watched((request) =>
    pathOf(request) === "/slots" ? answer("no", "text/plain", "501 Not Implemented") : page,
  );
  for (let i = 0; i < 4; i++) await hidden.watch.look(PATIENCE);
  expect(hidden.names()).toEqual(["recognised", "page-missing status"]);
  expect(hidden.last("scrape.failed")).toBe(0);
  expect(hidden.server.requests.map(pathOf).filter((path) => path === "/slots")).toHaveLength(1);
});

test("two looks never run at once", async () => {
  const { watch, server } = await watched(() => [{ wait: 100 }, ...answer("a 1\n")]);
  await Promise.all([watch.look(PATIENCE), watch.look(PATIENCE), watch.look(PATIENCE)]);
  expect(server.requests).toHaveLength(1);
});

describe("a hostile server", () => {
  const chunk = "a".repeat(4096);
  const SERIES = Array.from({ length: LIMITS.series + 1 }, (_, i) => `a{i="${i}"} 1\n`).join("");
  test.each<[string, readonly Step[], string]>([
    ["lines without end", [{ write: OPEN_HEAD }, { flood: "# a comment\n".repeat(1000) }], "refused too-large"],
    ["one line without end", [{ write: OPEN_HEAD }, { flood: chunk }], "refused line-too-long"],
    ["what is no metrics", answer("hello\n"), "refused malformed"],
    ["more series than are read", [{ write: OPEN_HEAD }, { write: SERIES }, "end"], "refused too-many-series"],
    ["a bomb of compression", answer("x", "text/plain\r\ncontent-encoding: br"), "refused malformed"],
    ["half an answer", [{ write: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\na 1\n" }, "end"], "lost unreachable"],
    ["no HTTP", [{ write: "* OK IMAP4rev1\r\n" }, "end"], "lost unreachable"],
    ["a head without end", [{ write: "HTTP/1.1 200 OK\r\n" }, { flood: `x-${chunk}: 1\r\n` }], "lost unreachable"],
    ["a broken connection", ["reset"], "lost unreachable"],
    ["an HTML page", answer("<html></html>", "text/html"), "lost no-metrics"],
    ["JSON that is none", answer("{", "application/json"), "refused malformed"],
    [
      "JSON without end",
      [{ write: OPEN_HEAD.replace("text/plain", "application/json") }, { flood: "[".repeat(65536) }],
      "refused too-large",
    ],
    ["a redirect to itself", answer("", "text/plain", "302 Found\r\nlocation: /metrics"), "lost status"],
    ["a redirect to another host", answer("", "text/plain", "302 Found\r\nlocation: http://a.test/m"), "lost status"],
    ["a redirect to nowhere", answer("", "text/plain", "302 Found"), "lost status"],
    ["a body that is packed unasked", answer("x", "text/plain\r\ncontent-encoding: gzip"), "refused malformed"],
  ])("that sends %s fails its scrape, and nothing else", async (_, steps, code) => {
    const { watch, names, last } = await watched(() => steps, LESS);
    await watch.look(PATIENCE);
    expect(names()).toEqual([code]);
    expect([last("scrape.up"), last("scrape.failed")]).toEqual([0, 1]);
  });

  test.each<[string, readonly Step[]]>([
    ["never answers", ["hang"]],
    ["never ends its answer", [{ write: `${OPEN_HEAD}a 1\n` }, "hang"]],
    ["tells a letter at a time", [{ write: OPEN_HEAD }, ...[...'a{b="c"} 1\n'.repeat(40)].flatMap(drip)]],
  ])("that %s is left in time", async (_, steps) => {
    const { watch, names } = await watched(() => steps);
    await watch.look(SHORT);
    expect(names()).toEqual(["lost timeout"]);
  });

  test("whose labels change at every scrape is kept within bounds, and told of a few times", async () => {
    const page = (scrape: number): string =>
      Array.from({ length: 500 }, (_, i) => `requests{id="${scrape}-${i}"} 1\n`).join("");
    const { watch, events, points } = await watched((_, number) => answer(page(number)));
    for (let i = 0; i < 12; i++) await watch.look(PATIENCE);
    const kept = new Set(points.filter(({ name }) => name.startsWith("raw.")).map(({ labels }) => labels));
    expect(kept.size).toBe(SERIES_BOUNDS.raw);
    const told = events.filter(({ name }) => name === "series-left-out").map(({ detail }) => detail["series"]);
    expect(told).toEqual([500, 1000, 2000]);
    expect(points.findLast(({ name }) => name === "scrape.up")?.value).toBe(1);
  });

  test("whose figures are no numbers, or there twice, tells the numbers, and the first of two", async () => {
    const page =
      "vllm:num_requests_running NaN\nvllm:num_requests_waiting +Inf\nvllm:kv_cache_usage_perc 0.5\nvllm:kv_cache_usage_perc 0.9\n";
    const { watch, points, names } = await watched(() => answer(page));
    await watch.look(PATIENCE);
    expect(names()).toEqual(["recognised"]);
    const told = points.filter(({ name }) => name.startsWith("server.")).map(({ name, value }) => [name, value]);
    expect(told).toEqual([["server.kv.used", 0.5]]);
  });

  test("that does not answer is not waited for twice at the end", async () => {
    const { watch, server, names } = await watched(() => ["hang"]);
    const look = watch.look(PATIENCE);
    await watch.finish(SHORT);
    await look;
    expect(names()).toEqual(["lost timeout"]);
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  test("that is refused again and again is given up, and asked no more", async () => {
    const { watch, server, names } = await watched(() => answer("hello\n"));
    for (let i = 0; i < 9; i++) await watch.look(PATIENCE);
    expect(names()).toEqual(["refused malformed", "given-up malformed"]);
    expect(server.requests).toHaveLength(5);
  });

  test("that comes and goes for ever does not fill the log", async () => {
    const { watch, events } = await watched((_, number) =>
      number % 2 === 0 ? answer("a 1\n") : answer("", "text/plain", "500 No"),
    );
    for (let i = 0; i < 230; i++) await watch.look(PATIENCE);
    expect(events.length).toBe(200);
  });
});
