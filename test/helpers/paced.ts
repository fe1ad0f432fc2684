import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ROOT } from "./cli.ts";

/** Starts the built paced server as its own process; `stop` ends it. */
export async function pacedServer(...args: readonly string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const script = resolve(ROOT, "dist/twin/paced/main.js");
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const line: unknown = (await once(createInterface(child.stdout), "line"))[0];
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)));
  return {
    url,
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
