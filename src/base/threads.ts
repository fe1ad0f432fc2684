import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts the module `name` beside `from` (an `import.meta.url`) as a thread: the built JavaScript, or in a source tree the TypeScript
 * through jiti.
 */
export function startThread(from: string, name: string, options: WorkerOptions): Worker {
  // A thread must not inherit what the process was started with: `--input-type`, `--eval` and the like would break it.
  const clean: WorkerOptions = { ...options, execArgv: [] };
  if (!from.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, from), clean);
  const jiti = createRequire(from).resolve("jiti");
  const entry = fileURLToPath(new URL(`./${name}.ts`, from));
  const code = `require(${JSON.stringify(jiti)}).createJiti(${JSON.stringify(entry)}).import(${JSON.stringify(entry)});`;
  return new Worker(code, { ...clean, eval: true });
}
