import { readFileSync } from "node:fs";

/** Linux reports these in USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds, user and system, of all children that this process has waited for, and of theirs. The difference around one child's life
 * is the cost of that child's whole process tree, to 10 ms; nothing else may end in between.
 */
export function childrenCpuSeconds(): number {
  return statField("self", 16) + statField("self", 17);
}

/** CPU seconds, user and system, of a living process, to 10 ms. */
export function cpuSeconds(pid: number): number {
  return statField(String(pid), 14) + statField(String(pid), 15);
}

/**
 * CPU seconds that a core has given to programs (user, nice, system) and that the machine below it took away (steal), to 10 ms. Interrupts are
 * left out: most are the work of the sockets that the program itself uses.
 */
export function coreSeconds(core: number): number {
  const line = readFileSync("/proc/stat", "latin1")
    .split("\n")
    .find((candidate) => candidate.startsWith(`cpu${core} `));
  if (line === undefined) throw new Error(`/proc/stat tells of no core ${core}`);
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.split(" ").slice(1).map(Number);
  return (user + nice + system + steal) / TICKS_PER_SECOND;
}

/** Seconds of a field of /proc/PID/stat, counted from 1 as proc(5) does. */
function statField(pid: string, field: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the command's name in parentheses, which may hold spaces.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[field - 3]) / TICKS_PER_SECOND;
}

/** Resident bytes of a living process; undefined when it has gone. */
export function residentBytes(pid: number): number | undefined {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw error;
  }
}

export function requireProc(): void {
  if (process.platform !== "linux") throw new Error("this bench reads CPU and memory from /proc and needs Linux");
}
