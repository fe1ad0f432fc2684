import { readdirSync } from "node:fs";
import { platform, setPriority } from "node:os";
import { setFlagsFromString } from "node:v8";

/** Niceness of threads that may wait while load workers must not. */
const BACKGROUND = 10;

/**
 * Lets other threads go first on a busy machine. Only on Linux, where priority 0 of setpriority(2) names the calling thread; elsewhere
 * it names the process, and nothing is done. Threads that this one starts inherit it.
 */
export function yieldToOthers(): void {
  if (platform() === "linux") setPriority(0, BACKGROUND);
}

/**
 * Keeps V8 from compacting the heaps of idle threads, for the whole process. Such a compaction saves a few megabytes and takes a core for
 * tens of milliseconds, in which a load worker on the same core stamps what it reads late.
 */
export function avoidIdleCompaction(): void {
  setFlagsFromString("--no-memory-reducer");
}

/**
 * Lets the threads that Node brings along (V8's helpers that mark and compile, libuv's pool) go after the threads of a run that are
 * started later. On a machine with few cores they would otherwise take turns with a load worker, four milliseconds each. It changes every
 * thread of the process but the calling main one, so it is for a command that owns its process. Only on Linux.
 */
export function deferHelperThreads(): void {
  if (platform() !== "linux") return;
  for (const name of readdirSync("/proc/self/task")) {
    const thread = Number(name);
    if (thread !== process.pid) setIfAlive(thread);
  }
}

function setIfAlive(thread: number): void {
  try {
    setPriority(thread, BACKGROUND);
  } catch (error) {
    // It ended since the folder was read.
    if (!(error instanceof Error && "info" in error && isGone(error.info))) throw error;
  }
}

function isGone(info: unknown): boolean {
  return typeof info === "object" && info !== null && "code" in info && info.code === "ESRCH";
}
