import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { REPOSITORY } from "./paths.ts";
import { CORES, pinned } from "./pin.ts";

/** Runs the server that counts what it is asked, on the server's core, while `use` runs. */
export async function withLengthsServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const [file, ...args] = pinned(CORES.server, [
    process.execPath,
    join(REPOSITORY, "bench", "lib", "lengths-server.mjs"),
  ]);
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await once(createInterface({ input: child.stdout }), "line");
    return await use(`http://127.0.0.1:${String(port)}`);
  } finally {
    child.kill();
  }
}
