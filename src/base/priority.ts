import { platform, setPriority } from "node:os";

/** Niceness of threads that may wait while load workers must not. */
const BACKGROUND = 10;

/**
 * Lets other threads go first on a busy machine. Only on Linux, where priority 0 of setpriority(2) names the calling thread; elsewhere
 * it names the process, and nothing is done. Threads that this one starts inherit it.
 */
export function yieldToOthers(): void {
  if (platform() === "linux") setPriority(0, BACKGROUND);
}
