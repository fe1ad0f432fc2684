import { fileURLToPath } from "node:url";
import { definePlan } from "./define.ts";
import { nearest } from "./did-you-mean.ts";
import { defineHooks, HOOK_NAMES, type Hooks } from "./hooks.ts";
import { isMapping } from "./path.ts";
import { invalid } from "./resolve.ts";

/**
 * Loads a plan that is a module: its default export, or its export named `plan`. `import "plimsoll"` inside it means this very package,
 * wherever the file lies. Hooks that it exports are the plan's.
 */
export async function loadModule(full: string, file: string): Promise<unknown> {
  const door = new URL(`../index.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url).href;
  const loaded = await imported(full, file, await import(door));
  const exported = isMapping(loaded) ? (loaded["default"] ?? loaded["plan"]) : undefined;
  if (exported === undefined) {
    const hint = "Write `export default definePlan({ ... })`.";
    throw invalid([{ code: "PLAN_MODULE", file, message: "the file exports no plan", hint }]);
  }
  const own = isMapping(loaded) && loaded["hooks"] !== undefined;
  return own && isMapping(exported) && exported["hooks"] === undefined ? { ...exported, hooks: full } : exported;
}

/**
 * Loads hooks: the file's export named `hooks`, or its default export. Of the package it sees what defines plans and hooks, nothing that a load worker
 * would have to load with it. Throws PlimsollError `PLAN_HOOKS` (104) where the file has no hooks, or others than there are.
 */
export async function loadHooks(full: string): Promise<Hooks> {
  const loaded = await imported(full, full, { definePlan, defineHooks });
  const hooks = isMapping(loaded) ? (loaded["hooks"] ?? loaded["default"]) : undefined;
  const hint = `Write \`export const hooks = defineHooks({ ... })\` with any of ${HOOK_NAMES.join(", ")}.`;
  if (!isMapping(hooks))
    throw invalid([{ code: "PLAN_HOOKS", file: full, message: "the file exports no hooks", hint }]);
  const faults = Object.entries(hooks).flatMap(([name, hook]) => {
    if (!HOOK_NAMES.some((known) => known === name)) {
      const meant = nearest(name, HOOK_NAMES);
      const said = meant === undefined ? hint : `Did you mean ${meant}?`;
      return [{ code: "PLAN_HOOKS", file: full, message: `${name} is no hook`, hint: said }];
    }
    const fits = typeof hook === "function" && hook.constructor.name !== "AsyncFunction";
    const why = `${name} is ${typeof hook === "function" ? "asynchronous" : "no function"}`;
    return fits ? [] : [{ code: "PLAN_HOOKS", file: full, message: why, hint: "Write it as a synchronous function." }];
  });
  if (faults.length > 0) throw invalid(faults);
  return hooks;
}

async function imported(full: string, file: string, plimsoll: unknown): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(fileURLToPath(import.meta.url), {
    virtualModules: { plimsoll },
    // A plan that was changed between two reads must be read anew.
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  });
  try {
    return await jiti.import(full);
  } catch (error) {
    const message = `the file cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw invalid([{ code: "PLAN_MODULE", file, message, hint: "Mend the file; it is run as a module." }]);
  }
}
