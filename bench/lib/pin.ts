import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const pins =
  process.platform === "linux" && availableParallelism() >= 2 && spawnSync("taskset", ["--version"]).status === 0;

/** Where a process of a bench runs: the server and the bench itself on core 0, the client under test on core 1. */
export const CORES = { server: 0, client: 1 } as const;

/** The command that runs `command` on one core; the command itself where nothing can pin. */
export function pinned(core: number, command: readonly string[]): readonly [string, ...string[]] {
  const [file, ...rest] = command;
  if (file === undefined) throw new Error("a command has at least its file");
  return pins ? ["taskset", "-c", String(core), file, ...rest] : [file, ...rest];
}

/** Moves the bench itself off the client's core, and says how things are pinned. */
export function pinSelf(): string {
  if (!pins) return "not pinned (needs Linux, two cores and taskset): client and server disturb each other";
  spawnSync("taskset", ["-a", "-cp", String(CORES.server), String(process.pid)]);
  return `server on core ${CORES.server}, client on core ${CORES.client}`;
}
