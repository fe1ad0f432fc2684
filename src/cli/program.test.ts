import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { summarySchema } from "../analyse/index.ts";
import { EXIT } from "../base/index.ts";
import { readPlan } from "../plan/index.ts";
import { PACED_DEFAULTS, startPaced } from "../twin/index.ts";
import type { Io } from "./io.ts";
import { COMMANDS, cli, GROUPS } from "./program.ts";
import { type Called, callIn } from "./test/call.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const call = (...args: readonly string[]): Promise<Called> => callIn(folder, args);

async function countingServer(): Promise<{ readonly url: string; readonly server: Server; connections(): number }> {
  let connections = 0;
  const server = createServer((_, response) => response.end());
  server.on("connection", () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, server, connections: () => connections };
}

function planText(url: string): string {
  return `name: tried\ntarget:\n  url: ${url}/v1\n  model: m\n  headers: { authorization: "Bearer \${API_KEY}" }\nstages:\n  - { steady: 10s, at: 3/s }\n`;
}

describe("plimsoll", () => {
  it("lists every command, and every command's help has examples", async () => {
    const { code, out } = await call("--help");
    expect(code).toBe(EXIT.held);
    for (const { name } of COMMANDS) {
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
      const help = await call(name, "--help");
      expect(help.code).toBe(EXIT.held);
      expect(help.out).toContain("Examples:");
      expect(help.out).toContain(`npx plimsoll ${name}`);
    }
  });

  it("shows a group's commands for its word alone, and names a word of it that is no command", async () => {
    for (const group of GROUPS) {
      const { code, out } = await call(group.name);
      expect(code).toBe(EXIT.held);
      for (const { name } of group.commands) {
        expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
        const help = await call(group.name, name, "--help");
        expect(help.out).toContain("Examples:");
        expect(help.out).toContain(`npx plimsoll ${group.name} ${name}`);
      }
      expect((await call(group.name, "nosuch", "--help")).code).toBe(EXIT.planInvalid);
    }
  });

  it("names the tables and their columns in the help of query", async () => {
    const { out } = await call("query", "--help");
    for (const word of ["samples: one row per attempt", "scheduledAt", "outcome", "gaps:", "series:"])
      expect(out).toContain(word);
  });

  it("answers a wrong command or option with 104 and the right one", async () => {
    expect(await call("chekc")).toMatchObject({
      code: EXIT.planInvalid,
      out: "",
      err: expect.stringContaining("Did you mean check?"),
    });
    for (const args of [["chekc", "--help"], ["help", "chekc"], ["nosuch"], ["nosuch", "--help"]]) {
      const { code, out, err } = await call(...args);
      expect({ code, out }).toEqual({ code: EXIT.planInvalid, out: "" });
      expect(err).toContain("unknown command");
      expect(err.includes("Did you mean check?")).toBe(args.includes("chekc"));
    }
    expect(await call("run", "x.yaml", "--sed", "1")).toMatchObject({
      code: EXIT.planInvalid,
      err: expect.stringContaining("--seed"),
    });
    expect((await call("run")).code).toBe(EXIT.planInvalid);
    expect((await call("quick", "http://127.0.0.1:1", "--rate", "1/s", "--users", "3")).code).toBe(EXIT.planInvalid);
    expect((await call("quick", "http://127.0.0.1:1", "--header", "nonsense")).code).toBe(EXIT.planInvalid);
  });

  it("prints its version", async () => {
    expect((await call("--version")).out).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("plimsoll demo --serve", () => {
  it("serves until Ctrl-C, names its URL and commands to try, and says when its port is taken", async () => {
    let told: (text: string) => void = () => {};
    const said = new Promise<string>((resolve) => {
      told = resolve;
    });
    const terminal = { isTTY: false, env: {}, columns: () => 100, rows: () => 24 };
    const secrets = new Set<string>();
    const io: Io = {
      env: {},
      cwd: folder,
      out: told,
      err: told,
      outTerminal: terminal,
      errTerminal: terminal,
      secrets,
    };
    const code = cli(["demo", "--serve", "--port", "0"], io);
    const text = await said;
    const url = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
    expect(text).toContain(`npx plimsoll quick ${url?.[0]}`);
    expect((await fetch(`${url?.[0]}/v1/models`)).status).toBe(200);
    expect(await call("demo", "--serve", "--port", url?.[1] ?? "")).toMatchObject({
      code: EXIT.planInvalid,
      err: expect.stringContaining("TWIN_CANNOT_LISTEN"),
    });
    process.emit("SIGINT");
    expect(await code).toBe(EXIT.held);
  });
});

describe("plimsoll check", () => {
  it("says what would run and sends nothing", async () => {
    const { url, server, connections } = await countingServer();
    await writeFile(join(folder, "plan.yaml"), planText(url));
    const human = await call("check", "plan.yaml", "-e", "API_KEY=sk-very-secret-1");
    const machine = await call("check", "plan.yaml", "-e", "API_KEY=sk-very-secret-1", "--json");
    server.close();
    expect(human).toMatchObject({ code: EXIT.held, err: "" });
    expect(human.out).toContain("3 /s");
    expect(JSON.parse(machine.out)).toMatchObject({ plan: { name: "tried" }, estimate: { sessions: 30 } });
    expect(human.out + machine.out).not.toContain("sk-very-secret-1");
    expect(connections()).toBe(0);
  });

  it("names every fault with its place, and ends with 104", async () => {
    await writeFile(
      join(folder, "plan.yaml"),
      "target:\n  url: http://127.0.0.1:1/v1\n  modle: m\nstages:\n  - { steady: 10 parsecs }\n",
    );
    const { code, out, err } = await call("check", "plan.yaml");
    expect(code).toBe(EXIT.planInvalid);
    expect(out).toBe("");
    expect(err).toContain("plan.yaml:3:3 target.modle  PLAN_UNKNOWN_FIELD");
    expect(err).toContain("10 parsecs");
    expect(err).toContain("2 faults");
  });
});

describe("plimsoll init and schema", () => {
  it("writes a plan that is valid, and overwrites none unless told to", async () => {
    for (const protocol of ["openai-chat", "http-sse", "http-json"]) {
      const file = `${protocol}.yaml`;
      expect((await call("init", "--protocol", protocol, file)).code).toBe(EXIT.held);
      await expect(readPlan(join(folder, file), { env: {} })).resolves.toBeDefined();
      expect((await call("check", file)).out).not.toContain("answers;");
      await writeFile(join(folder, file), "mine");
      const again = await call("init", file);
      expect(again.code).toBe(EXIT.planInvalid);
      expect(await readFile(join(folder, file), "utf8")).toBe("mine");
      expect((await call("init", "--force", file)).code).toBe(EXIT.held);
      expect(await readFile(join(folder, file), "utf8")).toContain("target:");
    }
    expect(await call("init", "no/such/folder/plan.yaml")).toMatchObject({
      code: EXIT.planInvalid,
      err: expect.stringContaining("FILE_UNWRITABLE"),
    });
  });

  it("prints JSON Schemas", async () => {
    for (const what of ["plan", "summary"])
      expect(JSON.parse((await call("schema", what)).out)).toMatchObject({ type: "object" });
    expect((await call("schema", "nothing")).code).toBe(EXIT.planInvalid);
  });
});

describe("plimsoll report and query", () => {
  it("say that there is no such run, and end with 104", async () => {
    expect(await call("report", "latest")).toMatchObject({
      code: EXIT.planInvalid,
      out: "",
      err: expect.stringContaining("RUN_NOT_FOUND"),
    });
    expect((await call("query", "latest", "SELECT 1")).code).toBe(EXIT.planInvalid);
  });
});

describe("plimsoll quick", () => {
  it("finds out what speaks, runs, prints the summary and nothing else as JSON, and shows a key to no one", async () => {
    const server = await startPaced({ ...PACED_DEFAULTS, failRate: 0.5 });
    try {
      const { code, out, err } = await call(
        "quick",
        server.url,
        "--for",
        "2s",
        "--rate",
        "4/s",
        "--max-tokens",
        "5",
        "--json",
        "--save",
        "plan.yaml",
        "--header",
        "authorization: Bearer sk-very-secret-1",
      );
      const summary = summarySchema.parse(JSON.parse(out));
      expect(summary.total.attempts).toBeGreaterThan(0);
      expect(code).toBe(summary.exitCode);
      expect(err).toContain("Found an OpenAI-compatible server");
      const saved = await readFile(join(folder, "plan.yaml"), "utf8");
      expect(out + err + saved).not.toContain("sk-very-secret-1");
      const read = await readPlan(join(folder, "plan.yaml"), { env: { HEADER_AUTHORIZATION: "Bearer x" } });
      expect(read.plan.target.protocol).toBe("openai-chat");

      for (const entry of await readdir(summary.run.folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile())
          expect(
            (await readFile(join(entry.parentPath, entry.name), "latin1")).includes("sk-very-secret-1"),
            entry.name,
          ).toBe(false);
      }

      const again = await call("report", "latest", "--json");
      expect(summarySchema.parse(JSON.parse(again.out)).total).toEqual(summary.total);
      const told = await call("report", summary.run.id);
      expect(told.out).toContain("Latency");
      expect(told.out).toMatch(/failed .*\n( .*\n)* +\d+ × /);
      const rows = await call("query", "latest", "SELECT count(*) AS n FROM samples", "--csv");
      expect(rows.out).toBe(`n\n${summary.total.attempts}\n`);
      expect(await call("query", "latest", "SELEC 1")).toMatchObject({
        code: EXIT.planInvalid,
        err: expect.stringContaining("QUERY_FAILED"),
      });
    } finally {
      await server.close();
    }
  });

  it("ends with 122 where nothing listens, and with 104 where it may not load", async () => {
    const { url, server } = await countingServer();
    await new Promise((resolve) => server.close(resolve));
    expect(await call("quick", url)).toMatchObject({
      code: EXIT.unreachable,
      out: "",
      err: expect.stringContaining("ECONNREFUSED"),
    });
    expect(await call("quick", "http://plimsoll.invalid")).toMatchObject({
      code: EXIT.planInvalid,
      err: expect.stringContaining("--i-own-this-target"),
    });
  });
});
