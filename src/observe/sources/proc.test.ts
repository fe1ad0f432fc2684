import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { rawServer } from "../../../test/helpers/raw-server.ts";
import { listeners, processFigures } from "./proc.ts";
import { ProcessSource } from "./process.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** A /proc of one process that listens on port 8000 (1F40). */
function fakeProc(): string {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-proc-"));
  made.push(root);
  for (const folder of ["self", "net", "42/fd"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "self/stat"), "");
  const after = ["S", ...Array.from({ length: 10 }, () => "0"), "150", "75", "0", "0"].join(" ");
  writeFileSync(join(root, "42/stat"), `42 (a (strange) name) ${after}\n`);
  writeFileSync(join(root, "42/status"), "Name:\tx\nVmRSS:\t    2048 kB\n");
  writeFileSync(
    join(root, "42/limits"),
    "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n",
  );
  symlinkSync("/dev/null", join(root, "42/fd/0"));
  symlinkSync("socket:[777]", join(root, "42/fd/3"));
  const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const line = (address: string, state: string, inode: number) =>
    `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
  writeFileSync(join(root, "net/tcp"), head + line("0100007F:1F40", "0A", 777) + line("0100007F:1F41", "01", 778));
  return root;
}

test("a process is told by its CPU seconds, resident bytes, open files and their limit", () => {
  expect(processFigures(42, fakeProc())).toEqual({
    cpuSeconds: 2.25,
    residentBytes: 2048 * 1024,
    openFiles: 2,
    openFilesLimit: 1024,
  });
  expect(processFigures(43, fakeProc())).toBeUndefined();
});

test("a port names the process that listens on it, and no other", () => {
  const root = fakeProc();
  expect(listeners(8000, root)).toEqual({ pids: [42], isThere: true });
  expect(listeners(8001, root)).toEqual({ pids: [], isThere: false });
});

test("a process that is gone fails the look, and is found again by its port", async () => {
  const root = fakeProc();
  const source = new ProcessSource({ name: "app", port: 8000 }, root);
  const [part] = (await source.look()).parts;
  expect(part?.samples.map(({ name, value }) => [name, value])).toContainEqual(["cpuSeconds", 2.25]);
  const [process, sockets] = [join(root, "42"), join(root, "net/tcp")];
  renameSync(process, `${process}-away`);
  renameSync(sockets, `${sockets}-away`);
  await expect(source.look()).rejects.toMatchObject({ code: "gone" });
  renameSync(`${process}-away`, join(root, "57"));
  renameSync(`${sockets}-away`, sockets);
  expect((await source.look()).parts).toHaveLength(1);
});

test("a process that has ended, and that nobody has waited for, is gone", async () => {
  const root = fakeProc();
  const stat = readFileSync(join(root, "42/stat"), "utf8");
  writeFileSync(join(root, "42/stat"), stat.replace(") S ", ") Z "));
  await expect(new ProcessSource({ name: "app", pid: 42 }, root).look()).rejects.toMatchObject({ code: "gone" });
});

test("a worker that takes another's place at the port is found", async () => {
  const root = fakeProc();
  cpSync(join(root, "42"), join(root, "43"), { recursive: true, verbatimSymlinks: true });
  const source = new ProcessSource({ name: "app", port: 8000 }, root);
  const pids = async () => {
    const { parts } = await source.look();
    return [...new Set(parts[0]?.samples.map(({ labels }) => labels.get("pid")))];
  };
  expect(await pids()).toEqual(["42", "43"]);
  renameSync(join(root, "43"), join(root, "44"));
  expect(await pids()).toEqual(["42", "44"]);
});

test("a port that somebody listens on whom one may not see is told apart from one where nobody does", async () => {
  const root = fakeProc();
  rmSync(join(root, "42/fd"), { recursive: true });
  const look = (port: number) => new ProcessSource({ name: "app", port }, root).look();
  await expect(look(8000)).rejects.toMatchObject({ code: "unreadable", message: expect.stringContaining("by pid") });
  await expect(look(8001)).rejects.toMatchObject({ code: "gone" });
});

test("a /proc that cannot be read fails the look, and nothing else", async () => {
  const root = fakeProc();
  rmSync(join(root, "42/stat"));
  mkdirSync(join(root, "42/stat"));
  await expect(new ProcessSource({ name: "app", pid: 42 }, root).look()).rejects.toMatchObject({ code: "unreadable" });
});

test.runIf(process.platform === "linux")("this very process is found by a port of its own", async () => {
  const server = await rawServer(() => []);
  try {
    expect(listeners(server.port).pids).toContain(process.pid);
    const figures = processFigures(process.pid);
    expect(figures?.residentBytes).toBeGreaterThan(1e6);
    expect(figures?.openFiles).toBeGreaterThan(3);
  } finally {
    await server.close();
  }
});
