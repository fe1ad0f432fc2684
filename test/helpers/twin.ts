import { resolve } from "node:path";
import { ROOT } from "./cli.ts";

/** The product's own helper, as built: it starts the built command. */
export async function builtTwin(args: readonly string[]): Promise<{ readonly url: string; stop(): Promise<string> }> {
  const built: unknown = await import(resolve(ROOT, "dist/twin/index.js"));
  if (typeof built !== "object" || built === null || !("spawnTwin" in built) || typeof built.spawnTwin !== "function")
    throw new Error("dist has no spawnTwin; run npm run build");
  return built.spawnTwin(args);
}
