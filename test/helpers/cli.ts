import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = resolve(ROOT, "dist/cli/main.js");

export interface CliResult {
  /** Exit code, or the signal's name when a signal ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Added to a small environment; nothing else of this process leaks in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** ms until SIGKILL. */
  readonly timeout?: number;
}

export interface CliProcess {
  readonly pid: number;
  /**
   * Resolves to all that was said once standard error or output has shown this text; rejects when the command ends without it.
   */
  shown(text: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly result: Promise<CliResult>;
}

/** Starts the built command, with the Node that runs the tests. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH, HOME, NO_COLOR: "1", CI: "true", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk;
      for (const look of watchers) look();
    });
  }
  child.stdin.end(options.stdin ?? "");
  const killer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 60_000);
  const result = once(child, "close").then(([code, signal]): CliResult => {
    clearTimeout(killer);
    return { code: typeof code === "number" ? code : String(signal), ...output };
  });
  const shown = (text: string): Promise<string> =>
    new Promise((done, reject) => {
      const look = (): void => {
        if (!output.stdout.includes(text) && !output.stderr.includes(text)) return;
        watchers.delete(look);
        done(output.stderr + output.stdout);
      };
      watchers.add(look);
      look();
      void result.then(({ code }) =>
        reject(new Error(`ended with ${code} before it showed ${text}:\n${output.stderr}`)),
      );
    });
  return { pid: child.pid ?? Number.NaN, shown, signal: (name) => child.kill(name), result };
}

/** Runs the built command to its end. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}
