import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { EXIT } from "../src/base/index.ts";
import { ROOT } from "./helpers/cli.ts";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});

const text = (file: string) => readFile(join(ROOT, file), "utf8");

test.each(["package-lock.json", "tools/node24/package-lock.json"])(
  "%s names no registry, pins every package by its hash, and what ships has no install script",
  async (file) => {
    const { packages } = lockSchema.parse(JSON.parse(await text(file)));
    const installed = Object.entries(packages).filter(([path]) => path !== "");
    expect(installed.length).toBeGreaterThan(0);
    for (const [path, { resolved, integrity, hasInstallScript, dev, optional }] of installed) {
      expect(resolved, path).toBeUndefined();
      // What tools/lockfile.ts enters for other platforms has no hash.
      if (optional !== true || integrity !== undefined) expect(integrity, path).toMatch(/^sha512-/);
      if (dev !== true) expect(hasInstallScript, path).toBeUndefined();
    }
  },
);

test("the lockfile holds the native packages of every platform, as `npm ci` demands", async () => {
  const { packages } = lockSchema.parse(JSON.parse(await text("package-lock.json")));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing, "run `npm run lockfile`").toEqual([]);
});

test("no package's scripts run on install", async () => {
  expect(await text(".npmrc")).toMatch(/^ignore-scripts=true$/m);
});

test("the README's exit codes are the command's", async () => {
  const rows = [...(await text("README.md")).matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
  const codes: readonly number[] = Object.values(EXIT);
  expect(rows.length).toBeGreaterThan(0);
  expect(codes).toEqual(expect.arrayContaining(rows));
});

test("links between the documents lead somewhere", async () => {
  for (const file of ["README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md"]) {
    for (const [, link = ""] of (await text(file)).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const folder = file.startsWith("docs/") ? "docs" : "";
      await expect(readFile(join(ROOT, folder, link)).catch(kindOf), `${link} in ${file}`).resolves.not.toBe("ENOENT");
    }
  }
});

function kindOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
