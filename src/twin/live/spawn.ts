import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EXIT, PlimsollError } from "../../base/index.ts";

export interface TwinProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it and waits until it has ended; resolves to what it wrote on standard error. */
  stop(): Promise<string>;
}

/**
 * Starts a twin as a process of its own, so that it and the generator do not share an event loop: `twin serve` with these arguments (STACK.yaml
 * first). A free port unless `--port` names one. It is a process group of its own, and ends when its standard input closes, so that it never outlives
 * who started it. It starts what `npm run build` made. Rejects with what it wrote to standard error when it does not start.
 */
export async function spawnTwin(args: readonly string[]): Promise<TwinProcess> {
  const script = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(process.execPath, [script, "twin", "serve", ...args, ...port, "--announce"], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-20_000);
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
      { code: "TWIN_DID_NOT_START", message: `the twin did not start: ${complaint.trim() || line || "no word"}` },
      EXIT.internal,
    );
  }
  return {
    url,
    pid: child.pid,
    async stop() {
      child.stdin.end();
      await closed;
      return complaint;
    },
  };
}

function urlIn(line: string): string | undefined {
  const hello: unknown = JSON.parse(line);
  if (typeof hello !== "object" || hello === null || !("url" in hello)) return undefined;
  return typeof hello.url === "string" ? hello.url : undefined;
}
