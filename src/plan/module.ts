import { fileURLToPath } from "node:url";
import { isMapping } from "./path.ts";
import { invalid } from "./resolve.ts";

/**
 * Loads a plan that is a module: its default export, or its export named `plan`. `import "plimsoll"` inside it means this very package,
 * wherever the file lies.
 */
export async function loadModule(full: string, file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const door = new URL(`../index.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url).href;
  const plimsoll: unknown = await import(door);
  const jiti = createJiti(fileURLToPath(import.meta.url), {
    virtualModules: { plimsoll },
    // A plan that was changed between two reads must be read anew.
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(full);
  } catch (error) {
    const message = `the file cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw invalid([{ code: "PLAN_MODULE", file, message, hint: "Mend the file; it is run as a module." }]);
  }
  const exported = isMapping(loaded) ? (loaded["default"] ?? loaded["plan"]) : undefined;
  if (exported === undefined) {
    const hint = "Write `export default definePlan({ ... })`.";
    throw invalid([{ code: "PLAN_MODULE", file, message: "the file exports no plan", hint }]);
  }
  return exported;
}
