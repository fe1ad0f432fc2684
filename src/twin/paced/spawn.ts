import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EXIT, PlimsollError } from "../../base/index.ts";

export interface PacedProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts the paced server as a process of its own, so that it and the generator do not share an event loop. Arguments as in
 * `pacedOptions`. It is a process group of its own: Ctrl-C is for the generator, which then lets answers end. It starts what
 * `npm run build` made. Rejects with what it wrote to standard error when it cannot listen.
 */
export async function spawnPaced(args: readonly string[]): Promise<PacedProcess> {
  const script = fileURLToPath(new URL("./main.js", import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  const closed = once(child, "close");
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([first]) => String(first)),
    closed.then(() => undefined),
  ]);
  const url = line === undefined ? undefined : urlIn(line);
  if (url === undefined || child.pid === undefined) {
    child.kill();
    throw new PlimsollError(
      {
        code: "TWIN_DID_NOT_START",
        message: `the paced server did not start: ${complaint.trim() || line || "no word"}`,
      },
      EXIT.internal,
    );
  }
  return {
    url,
    pid: child.pid,
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}

function urlIn(line: string): string | undefined {
  const hello: unknown = JSON.parse(line);
  if (typeof hello !== "object" || hello === null || !("url" in hello)) return undefined;
  return typeof hello.url === "string" ? hello.url : undefined;
}
