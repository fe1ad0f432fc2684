import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const root = resolve(import.meta.dirname, "..");
const rooms = z.array(z.string()).parse(JSON.parse(await readFile(join(root, "tools/rooms.json"), "utf8")));

const cruiseSchema = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** Runs the project's own import rules over a tree; the exit code says whether `npm run check` would fail. */
function cruise(tree: string): Promise<{ failed: boolean; seen: number; broken: Set<string> }> {
  return new Promise((settle, reject) => {
    const args = [
      join(tree, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"),
      "--output-type",
      "json",
      "src",
    ];
    execFile(process.execPath, args, { cwd: tree, maxBuffer: 64 << 20 }, (error, stdout) => {
      if (stdout === "") return reject(error ?? new Error("dependency-cruiser said nothing"));
      const { summary } = cruiseSchema.parse(JSON.parse(stdout));
      const broken = new Set(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`));
      settle({ failed: summary.violations.length > 0, seen: summary.totalCruised, broken });
    });
  });
}

let copy = "";

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "plimsoll-house-"));
  const parts = ["src", "test/helpers", "tools/rooms.json", "tools/twin-rooms.json"];
  for (const part of [...parts, ".dependency-cruiser.cjs", "package.json", "tsconfig.json"]) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

test("every folder of src has its place in the order of rooms", async () => {
  const folders = (await readdir(join(root, "src"), { withFileTypes: true })).filter((entry) => entry.isDirectory());
  expect(rooms).toEqual(expect.arrayContaining(folders.map((folder) => folder.name)));
});

test("the import rules see the source, type imports included", async () => {
  const files = (await readdir(join(root, "src"), { recursive: true })).filter((file) => file.endsWith(".ts"));
  const { seen } = await cruise(copy);
  expect(seen).toBeGreaterThanOrEqual(files.length);
});

test("an upward import, an import past the door and a circle each fail the check", async () => {
  await writeFile(
    join(copy, "src/base/planted-upward.ts"),
    'import type { Histogram } from "../stats/index.ts";\nexport type A = Histogram;\n',
  );
  await writeFile(join(copy, "src/plan/planted-door.ts"), 'export { EXIT } from "../base/errors.ts";\n');
  await writeFile(
    join(copy, "src/stats/planted-one.ts"),
    'export { two } from "./planted-two.ts";\nexport const one = 1;\n',
  );
  await writeFile(
    join(copy, "src/stats/planted-two.ts"),
    'export { one } from "./planted-one.ts";\nexport const two = 2;\n',
  );
  await writeFile(join(copy, "src/stats/planted-orphan.ts"), "export const alone = 1;\n");
  await writeFile(
    join(copy, "src/twin/engine/planted-upward.ts"),
    'import type { Stack } from "../stack/index.ts";\nexport type B = Stack;\n',
  );
  const { failed, broken } = await cruise(copy);
  expect(failed).toBe(true);
  expect(broken).toContain("upward-from-twin-engine src/twin/engine/planted-upward.ts");
  expect(broken).toContain("upward-from-base src/base/planted-upward.ts");
  expect(broken).toContain("past-the-door src/plan/planted-door.ts");
  expect(broken).toContain("circle src/stats/planted-one.ts");
  expect(broken).toContain("orphan src/stats/planted-orphan.ts");
});
