/**
 * Completes package-lock.json after `npm install`: `npm run lockfile`, which then has npm put its
 * fields in order.
 *
 * A registry mirror may lack the builds of native packages for other platforms; npm then leaves them out of the lockfile, and a later
 * `npm ci` refuses it. Each is entered with the version that its parent names and the platform that its own name tells; npm skips what
 * does not fit the machine. Entries made here carry no hash: it is not known where the package cannot be read.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

const entrySchema = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
/** Entries stay as they are, their fields in npm's order. */
const lockSchema = z.looseObject({ packages: z.record(z.string(), z.unknown()) });

/** Words of a package's name that tell its platform. */
const OS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const CPU = ["arm64", "x64", "ia32", "arm", "ppc64", "riscv64", "s390x"];
const LIBC: Readonly<Record<string, string>> = { gnu: "glibc", musl: "musl", gnueabihf: "glibc", musleabihf: "musl" };

function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const words = name.split(/[/-]/);
  const os = OS.find((word) => words.includes(word));
  const cpu = CPU.find((word) => words.includes(word));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.flatMap((word) => (os === "linux" ? (LIBC[word] ?? []) : []));
  return { os: [os], cpu: [cpu], ...(libc.length > 0 ? { libc } : {}) };
}

const file = resolve(import.meta.dirname, "../package-lock.json");
const lock = lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const added: string[] = [];
for (const [path, raw] of Object.entries(lock.packages)) {
  const { dev, optionalDependencies } = entrySchema.parse(raw);
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined || lock.packages[`${path}/${place}`] !== undefined) continue;
    const platform = platformOf(name);
    if (platform === undefined || !/^\d/.test(version)) {
      throw new Error(`${path} wants ${name}@${version}, whose name tells no platform`);
    }
    lock.packages[place] = { version, ...platform, ...(dev === true ? { dev } : {}), optional: true };
    added.push(name);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`${added.length} platform packages entered\n`);
