import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What /proc tells of a process. */
export interface ProcessFigures {
  /** s since its start, user and system. */
  readonly cpuSeconds: number;
  /** bytes */
  readonly residentBytes: number;
  /** Absent where only the process's owner may know. */
  readonly openFiles?: number;
  /** Absent where there is none. */
  readonly openFilesLimit?: number;
}

/** USER_HZ: what the times in /proc/[pid]/stat count, 100 a second on every Linux (proc(5)). */
const TICKS = 100;
const KIB = 1024;
const LISTEN = "0A";

/** States of a process that has ended and that nobody has waited for (proc(5)): its figures stand still. */
const ENDED: ReadonlySet<string> = new Set(["Z", "X", "x"]);

/** Figures of a process; undefined where there is no such process, or it has ended. */
export function processFigures(pid: number, root = "/proc"): ProcessFigures | undefined {
  const stat = readOr(`${root}/${pid}/stat`);
  const status = readOr(`${root}/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  // The name in the second field may hold spaces and brackets: count from its end. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (ENDED.has(fields[0] ?? "")) return undefined;
  const limit = /^Max open files\s+(\d+)/m.exec(readOr(`${root}/${pid}/limits`) ?? "")?.[1];
  const openFiles = openFilesOf(pid, root);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * KIB,
    ...(openFiles === undefined ? {} : { openFiles: openFiles.length }),
    ...(limit === undefined ? {} : { openFilesLimit: Number(limit) }),
  };
}

export interface Listeners {
  /** In order; a server with several workers has several. */
  readonly pids: readonly number[];
  /** Somebody listens, whoever it is. */
  readonly isThere: boolean;
}

/** Processes that listen on a TCP port of this machine, as far as one may see whose a socket is. */
export function listeners(port: number, root = "/proc"): Listeners {
  const sockets = new Set(
    [...listening(`${root}/net/tcp`), ...listening(`${root}/net/tcp6`)]
      .filter((socket) => socket.port === port)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return { pids: [], isThere: false };
  const pids = readdirSync(root)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => holds(pid, sockets, root))
    .sort((a, b) => a - b);
  return { pids, isThere: true };
}

function holds(pid: number, sockets: ReadonlySet<string>, root: string): boolean {
  return (openFilesOf(pid, root) ?? []).some((file) => {
    const target = absentOr(() => readlinkSync(`${root}/${pid}/fd/${file}`));
    return target !== undefined && sockets.has(target);
  });
}

function openFilesOf(pid: number, root: string): readonly string[] | undefined {
  return absentOr(() => readdirSync(`${root}/${pid}/fd`));
}

/** Lines of /proc/net/tcp: number, local address:port in hex, remote, state, ..., inode as the tenth field. */
function listening(file: string): { readonly port: number; readonly inode: string }[] {
  return (readOr(file) ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => ({ port: Number.parseInt(fields[1]?.split(":")[1] ?? "", 16), inode: fields[9] ?? "" }));
}

function readOr(file: string): string | undefined {
  return absentOr(() => readFileSync(file, "latin1"));
}

/** Processes end while one looks, and belong to others. */
const ABSENT: readonly string[] = ["ENOENT", "ESRCH", "EACCES", "EPERM"];

function absentOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && ABSENT.includes(String(error.code))) return undefined;
    throw error;
  }
}
