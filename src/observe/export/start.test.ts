import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Warning } from "../../base/index.ts";
import type { ExportPlan } from "../../plan/index.ts";
import { ExpositionParser } from "../exposition/parser.ts";
import { startExport } from "./start.ts";
import { IDENTITY, observedPoints, ownPoints } from "./test/a-run.ts";
import { messages, readProtobuf, readSnappy } from "./test/read-protobuf.ts";
import type { Exporter } from "./types.ts";

interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const PLAN: ExportPlan = { labels: {} };

test("a plan that names no place starts nothing", async () => {
  expect(await startExport({ plan: PLAN, identity: IDENTITY, onWarning: () => {} })).toBeUndefined();
});

test("a receiver of remote write and one of OTLP get the same second, each in its own words", async () => {
  const { got, url } = await receiver(200);
  const warnings: Warning[] = [];
  const exporter = await started(
    {
      ...PLAN,
      remoteWrite: { url: `${url}/api/v1/write`, headers: { authorization: "Bearer abc" } },
      otlp: { url: `${url}/v1/metrics`, headers: {}, encoding: "json" },
    },
    warnings,
  );
  exporter.observed(observedPoints(1));
  exporter.tell(ownPoints(1));
  await exporter.close();
  const [write, otlp] = ["/api/v1/write", "/v1/metrics"].map((path) => got.filter((one) => one.path === path));
  expect(write?.[0]?.headers).toMatchObject({
    "content-encoding": "snappy",
    "x-prometheus-remote-write-version": "0.1.0",
    authorization: "Bearer abc",
  });
  expect(messages(readProtobuf(readSnappy(write?.[0]?.body ?? new Uint8Array())), 1).length).toBeGreaterThan(50);
  expect(write).toHaveLength(2); // the second, and the end of its series
  expect(otlp?.map(({ headers }) => headers["content-type"])).toEqual(["application/json"]);
  expect(warnings).toEqual([]);
});

test("a page to scrape shows the newest second, with the run's labels, and only at its path", async () => {
  const exporter = await started({ ...PLAN, listen: { host: "127.0.0.1", port: 0 } }, []);
  const page = exporter.url ?? "";
  expect(await (await fetch(page)).text()).toBe("");
  exporter.observed(observedPoints(2));
  exporter.tell(ownPoints(2));
  const answer = await fetch(page);
  expect(answer.headers.get("content-type")).toContain("version=0.0.4");
  const parser = new ExpositionParser("prometheus");
  parser.push(new Uint8Array(await answer.arrayBuffer()));
  const samples = parser.end();
  expect(samples.find(({ name }) => name === "plimsoll_requests_started_total")).toMatchObject({
    type: "counter",
    value: 2,
    labels: new Map([
      ["plan", 'a "plan"'],
      ["run", "r-1"],
      ["team", "search"],
    ]),
  });
  expect(samples.map(({ name }) => name)).toContain("plimsoll_observed_server_queued");
  expect((await fetch(page, { method: "HEAD" })).status).toBe(200);
  expect((await fetch(page, { method: "POST", body: "x" })).status).toBe(405);
  expect((await fetch(page.replace("/metrics", "/"))).status).toBe(404);
});

test("a receiver that refuses, a receiver that is not there and a port that is taken are warnings, and the run goes on", async () => {
  const { url, port } = await receiver(400, "no such tenant");
  const warnings: Warning[] = [];
  const exporter = await started(
    {
      ...PLAN,
      remoteWrite: { url: `${url}/api/v1/write?token=abc`, headers: {} },
      listen: { host: "127.0.0.1", port },
    },
    warnings,
  );
  expect(exporter.url).toBeUndefined();
  exporter.tell(ownPoints(1));
  exporter.tell(ownPoints(2));
  await exporter.close();
  expect(warnings.map(({ code }) => code)).toEqual(["EXPORT_LISTEN", "EXPORT_FAILED", "EXPORT_LOST"]);
  expect(warnings[1]?.message).toContain("it answers 400 (no such tenant)");
  expect(warnings[1]?.message).not.toContain("abc");
});

async function started(plan: ExportPlan, warnings: Warning[]): Promise<Exporter> {
  const exporter = await startExport({ plan, identity: IDENTITY, onWarning: (warning) => warnings.push(warning) });
  if (exporter === undefined) throw new Error("nothing was started");
  open.push(() => exporter.close());
  return exporter;
}

async function receiver(status: number, says = ""): Promise<{ got: Got[]; url: string; port: number }> {
  const got: Got[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Uint8Array[] = [];
    request.on("data", (piece: Uint8Array) => pieces.push(piece));
    request.on("end", () => {
      got.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces) });
      response.writeHead(status).end(says);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { got, url: `http://127.0.0.1:${port}`, port };
}
