import { writeFile } from "node:fs/promises";
import type { Redactor } from "../base/index.ts";
import { publish } from "./segments.ts";

/** Writes a value as JSON, whole or not at all, durable when it resolves. `redact`: a net under whoever made the value. */
export async function writeJsonFile(path: string, value: unknown, redact?: Redactor): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(`${path}.tmp`, redact ? redact(text) : text);
  await publish(path);
}
