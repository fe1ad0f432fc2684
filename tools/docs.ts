import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GENERATED } from "./docs/generated.ts";

// Writes every file that is made from the code's own tables. test/docs.test.ts fails where one is not current.
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
for (const { file, content } of GENERATED) {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content());
}
