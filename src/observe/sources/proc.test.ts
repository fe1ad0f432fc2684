import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
  expect(listeners(8000, root)).toEqual([42]);
  expect(listeners(8001, root)).toEqual([]);
});

test("a process that is gone fails the look, and is found again by its port", async () => {
  const root = fakeProc();
  const source = new ProcessSource({ name: "app", port: 8000 }, root);
  const [part] = (await source.look()).parts;
  expect(part?.samples.map(({ name, value }) => [name, value])).toContainEqual(["cpuSeconds", 2.25]);
  rmSync(join(root, "42"), { recursive: true });
  await expect(source.look()).rejects.toMatchObject({ code: "gone" });
});

test.runIf(process.platform === "linux")("this very process is found by a port of its own", async () => {
  const server = await rawServer(() => []);
  try {
    expect(listeners(server.port)).toContain(process.pid);
    const figures = processFigures(process.pid);
    expect(figures?.residentBytes).toBeGreaterThan(1e6);
    expect(figures?.openFiles).toBeGreaterThan(3);
  } finally {
    await server.close();
  }
});
