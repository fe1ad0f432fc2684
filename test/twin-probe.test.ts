import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Asked, type Refusal, smallServer } from "../src/twin/probe/test/small-server.ts";
import { cli, startCli } from "./helpers/cli.ts";
import { closedPort } from "./helpers/raw-server.ts";
import { workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

async function probed(refuse: (asked: Asked) => Refusal | undefined, out: string) {
  const { url, close } = await smallServer(refuse);
  try {
    return await cli(["twin", "probe", url, "--requests", "40", "--max-prompt", "256", "--out", out]);
  } finally {
    close();
  }
}

test("a probe of a port where nobody listens says so, and ends with the code of what cannot be reached", async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;
  const { code, stderr } = await cli(["twin", "probe", url]);
  expect(code).toBe(122);
  expect(stderr).toContain("TARGET_UNREACHABLE");
  expect(stderr).toContain(`${url} could not be reached: connection refused.`);
});

test("a file that is there already is named before anything is sent", async () => {
  const file = join(space.path, "there.json");
  writeFileSync(file, "{}");
  let asked = 0;
  const { code, stderr } = await probed(() => {
    asked++;
    return undefined;
  }, file);
  expect([code, asked]).toEqual([104, 0]);
  expect(stderr).toContain("FILE_EXISTS");
});

test("a probe that measured what a fit needs ends well, though another experiment did not come to its end", async () => {
  const file = join(space.path, "good.json");
  const { code, stdout } = await probed(() => undefined, file);
  expect(code).toBe(0);
  expect(stdout).toContain("A single stream gets a token every");
  expect(stdout).toMatch(/give\s+more\s+--requests/);
  expect(stdout).toContain(`npx plimsoll twin fit ${file}`);
});

test("a probe that did not measure what a fit needs writes what it has, and ends with a fault of its own", async () => {
  const file = join(space.path, "bad.json");
  const refuse = ({ maxTokens }: Asked) => (maxTokens > 100 ? { status: 503, message: "No more today." } : undefined);
  const { code, stdout, stderr } = await probed(refuse, file);
  expect(code).toBe(104);
  expect(stderr).toContain("PROBE_INCOMPLETE");
  expect(stderr).toContain("did not measure what a fit needs: gaps of a single stream.");
  expect(stderr).toMatch(/hint: \S/);
  expect(stdout).toContain('the server answered 503: "No more today."');
  expect(stdout).not.toContain("npx plimsoll twin fit");
  expect(readFileSync(file, "utf8")).toContain("plimsoll/probe/1");
});

test("a probe that is interrupted keeps what it has measured, marked as incomplete, and ends with the code of an interrupted run", async () => {
  const file = join(space.path, "interrupted.json");
  const { url, close } = await smallServer(() => undefined);
  try {
    const probe = startCli(["twin", "probe", url, "--out", file]);
    await probe.shown("2 of 6: gaps of a single stream; so far ");
    probe.signal("SIGINT");
    const { code, stdout, stderr } = await probe.result;
    expect(code).toBe(105);
    expect(stderr).toContain("PROBE_INTERRUPTED");
    expect(stderr).toMatch(/so far \d+ requests and [\d,]+ tokens, at most \d+ s left\./);
    expect(stdout).toContain(`Wrote ${file}`);
    const { incomplete, episodes } = JSON.parse(readFileSync(file, "utf8"));
    expect(incomplete).toMatch(/^interrupted after [1-5] of 6 experiments$/);
    expect(episodes.length).toBeGreaterThan(10);
  } finally {
    close();
  }
});
