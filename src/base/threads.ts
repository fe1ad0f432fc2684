import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts the module `name` beside `from` (an `import.meta.url`) as a thread: the built JavaScript, or in a source tree the TypeScript
 * through jiti.
 */
export function startThread(from: string, name: string, options: WorkerOptions): Worker {
  if (!from.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, from), options);
  const jiti = createRequire(from).resolve("jiti");
  const entry = fileURLToPath(new URL(`./${name}.ts`, from));
  const code = `require(${JSON.stringify(jiti)}).createJiti(${JSON.stringify(entry)}).import(${JSON.stringify(entry)});`;
  return new Worker(code, { ...options, eval: true });
}
