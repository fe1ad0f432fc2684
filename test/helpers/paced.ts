import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ROOT } from "./cli.ts";

export interface PacedServer {
  readonly url: string;
  /** Stops the process for so many ms; its clients see silence. */
  freeze(ms: number): void;
  stop(): Promise<void>;
}

/** Starts the built paced server as its own process; `stop` ends it. */
export async function pacedServer(...args: readonly string[]): Promise<PacedServer> {
  const script = resolve(ROOT, "dist/twin/paced/main.js");
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const line: unknown = (await once(createInterface(child.stdout), "line"))[0];
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)));
  return {
    url,
    freeze(ms) {
      child.kill("SIGSTOP");
      setTimeout(() => child.kill("SIGCONT"), ms);
    },
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
