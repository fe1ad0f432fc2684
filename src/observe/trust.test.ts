import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Certificate, certificate } from "../../test/helpers/certificate.ts";
import { resolvePlan, type Trust } from "../plan/index.ts";
import { Poster } from "./export/post.ts";
import { observerSettings } from "./observer-settings.ts";
import { PageSource } from "./sources/page.ts";

const own: Certificate | undefined = certificate();
if (own === undefined) console.warn("SKIPPED: no openssl command, so the trust in observed servers is not tested");
afterAll(() => own?.remove());

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const ABSENT = { key: "", cert: "", file: "", keyFile: "", remove: () => {} };

describe.skipIf(own === undefined)("a server whose certificate nobody knows", () => {
  const { key, cert, file, keyFile } = own ?? ABSENT;
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer({ key, cert }, (asked, answer) => {
      asked.resume();
      answer.writeHead(200, { "content-type": "text/plain" }).end("a 1\n");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const scrape = async (host: string, tls?: Trust): Promise<string> => {
    const url = `https://${host}:${port}/metrics`;
    const source = new PageSource({ name: "p", url, where: url, headers: {}, ...(tls === undefined ? {} : { tls }) });
    ends.push(() => source.close());
    try {
      const { parts } = await source.look(AbortSignal.timeout(5000), []);
      return `${parts[0]?.samples.length} sample`;
    } catch (error) {
      return error instanceof Error && "code" in error ? `${String(error.code)}: ${error.message}` : String(error);
    }
  };

  test("is observed once its authority is named, and where the plan wants no proof", async () => {
    expect(await scrape("localhost", { verify: true, ca: file })).toBe("1 sample");
    expect(await scrape("127.0.0.1", { verify: true, ca: file, serverName: "localhost" })).toBe("1 sample");
    expect(await scrape("127.0.0.1", { verify: false })).toBe("1 sample");
  });

  test("is refused otherwise, and the reason says what to write", async () => {
    expect(await scrape("localhost")).toMatch(/^untrusted: .*SELF_SIGNED.*name its authority in `tls.ca`/);
    expect(await scrape("127.0.0.1", { verify: true, ca: file })).toMatch(/^untrusted: .*set `tls.serverName`/);
  });

  test("is told a run's figures on the same terms", async () => {
    const post = async (tls?: Trust) => {
      const url = `https://localhost:${port}/api/v1/write`;
      const poster = new Poster({ url, headers: {}, ...(tls === undefined ? {} : { tls }) }, {});
      ends.push(() => poster.close());
      return poster.post(new Uint8Array(), AbortSignal.timeout(5000));
    };
    expect(await post({ verify: true, ca: file })).toEqual({ state: "taken" });
    expect(await post()).toMatchObject({ state: "later", why: expect.stringContaining("`tls.ca`") });
  });

  test("is trusted as the target where it is on the target's origin, and as its own `tls` says wherever that is written", () => {
    const settings = (tls?: object) => {
      const url = `https://localhost:${port}/metrics`;
      const prometheus = [
        tls === undefined ? url : { url, tls },
        { url: "https://elsewhere/metrics", ...(tls === undefined ? {} : { tls }) },
      ];
      const target = { url: `https://localhost:${port}/v1`, model: "m", tls: { verify: false } };
      const { plan } = resolvePlan({ target, observe: { prometheus } }, { env: {} });
      return observerSettings(plan)?.pages.map((page) => page.tls);
    };
    expect(settings()).toEqual([{ verify: false }, undefined]);
    expect(settings({ ca: file })).toEqual(Array(2).fill({ verify: true, ca: file }));
  });

  test("whose authority's file is missing or no certificate is a fault of the plan, at its place", () => {
    const target = { url: "http://127.0.0.1:8000/v1", model: "m" };
    const plan = {
      target,
      observe: {
        prometheus: [{ url: "https://a/metrics", tls: { ca: `${file}.none` } }],
        server: { url: "https://b", tls: { ca: keyFile } },
      },
      export: { otlp: { url: "https://c", tls: { ca: keyFile, verfy: false } } },
    };
    expect(() => resolvePlan(plan, { env: {} })).toThrow(
      expect.objectContaining({
        faults: expect.arrayContaining([
          expect.objectContaining({ path: "observe.prometheus[0].tls.ca", message: "there is no such file" }),
          expect.objectContaining({
            path: "observe.server.tls.ca",
            message: expect.stringContaining("no certificate"),
          }),
          expect.objectContaining({ path: "export.otlp.tls.ca", message: expect.stringContaining("no certificate") }),
          expect.objectContaining({ path: "export.otlp.tls.verfy" }),
        ]),
      }),
    );
  });
});
