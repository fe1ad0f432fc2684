/**
 * `npm run check`: the build, then every static check of the repository side by side, each with its own verdict.
 * Names given as arguments choose: `npm run check -- types lint`.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, resolve } from "node:path";

interface Check {
  readonly name: string;
  readonly what: string;
  readonly command: readonly [name: string, ...args: string[]];
}

interface Result {
  readonly check: Check;
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

const root = resolve(import.meta.dirname, "..");
const trees = ["src", "test", "bench", "tools", "examples"].filter((tree) => existsSync(resolve(root, tree)));

/** First of all: examples import the package by its name, and publint looks at what would be published. */
const BUILD: Check = {
  name: "build",
  what: "tsc from src to dist, Vite from web to dist/web",
  command: ["npm", "run", "--silent", "build"],
};

const CHECKS: readonly Check[] = [
  { name: "types", what: "TypeScript, the whole tree", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "web", what: "TypeScript, the page", command: ["tsc", "-p", "web/tsconfig.json"] },
  {
    name: "format",
    what: "Biome, format and lint",
    command: ["biome", "check", "--error-on-warnings", "--diagnostic-level=warn"],
  },
  { name: "lint", what: "oxlint with types, promises first", command: ["oxlint", "."] },
  { name: "rooms", what: "dependency-cruiser, rooms, doors and circles", command: ["depcruise", ...trees] },
  { name: "unused", what: "knip, files, exports and dependencies", command: ["knip"] },
  {
    name: "package",
    what: "publint, what would be published",
    command: ["publint", "run", "--strict", "--pack", "npm"],
  },
];

const CHILD_ENV = { ...process.env, PATH: [resolve(root, "node_modules/.bin"), process.env.PATH].join(delimiter) };

function runCommand(command: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((settle) => {
    const child = spawn(command, args, { cwd: root, env: CHILD_ENV, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => settle({ ok: false, output: `${command}: ${error.message}` }));
    child.on("close", (code) => settle({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

async function runCheck(check: Check): Promise<Result> {
  const start = performance.now();
  const [name, ...args] = check.command;
  const { ok, output } = await runCommand(name, args);
  return { check, ok, output, seconds: (performance.now() - start) / 1000 };
}

function show(result: Result): void {
  const { check, ok, output, seconds } = result;
  process.stdout.write(
    `${ok ? "ok  " : "FAIL"} ${check.name.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${check.what}\n`,
  );
  if (!ok) process.stdout.write(`${output.trim().replaceAll(/^/gm, "     | ")}\n`);
}

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `No check is called ${unknown.join(", ")}. Choose from ${CHECKS.map((c) => c.name).join(", ")}.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const queue = CHECKS.filter((check) => wanted.length === 0 || wanted.includes(check.name));
  const failed: string[] = [];
  const take = async (check: Check): Promise<void> => {
    const result = await runCheck(check);
    show(result);
    if (!result.ok) failed.push(check.name);
  };
  const takeNext = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await take(check);
  };
  await take(BUILD);
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, takeNext));
  if (failed.length > 0) {
    process.stdout.write(`\n${failed.length} failed: ${failed.join(", ")}\n`);
    process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
