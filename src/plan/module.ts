import { fileURLToPath } from "node:url";
import { isMapping } from "./path.ts";
import { invalid } from "./resolve.ts";

/**
 * Loads a plan that is a module: its default export, or its export named `plan`. `import "plimsoll"` inside it means this package, wherever
 * the file lies.
 */
export async function loadModule(full: string, file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const self = fileURLToPath(new URL(`../index.${extension}`, import.meta.url));
  const jiti = createJiti(import.meta.url, {
    alias: { plimsoll: self },
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(full);
  } catch (error) {
    throw invalid([
      {
        code: "PLAN_MODULE",
        file,
        message: `the file cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        hint: "Mend the file; it is run as a module.",
      },
    ]);
  }
  const exported = isMapping(loaded) ? (loaded["default"] ?? loaded["plan"]) : undefined;
  if (exported === undefined) {
    throw invalid([
      {
        code: "PLAN_MODULE",
        file,
        message: "the file exports no plan",
        hint: "Write `export default definePlan({ ... })`.",
      },
    ]);
  }
  return exported;
}
