import { spawn } from "node:child_process";
import { childrenCpuSeconds } from "./cpu.ts";
import { CORES, pinned } from "./pin.ts";

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  /** CPU seconds of the whole process tree. */
  readonly cpu: number;
  readonly seconds: number;
}

/** Runs a client to its end on the client's core. Only one may run at a time, or their CPU times mix. */
export function runClient(
  command: readonly string[],
  options: { readonly onStart?: (pid: number) => void; readonly limitMs: number },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [file, ...rest] = pinned(CORES.client, command);
    const cpuBefore = childrenCpuSeconds();
    const begun = performance.now();
    const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-20_000);
    });
    const overdue = setTimeout(() => child.kill("SIGKILL"), options.limitMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(overdue);
      if (code === null) reject(new Error(`${command.join(" ")} ended by ${signal}\n${stderr}`));
      else
        resolve({
          stdout,
          stderr,
          code,
          cpu: childrenCpuSeconds() - cpuBefore,
          seconds: (performance.now() - begun) / 1000,
        });
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}
