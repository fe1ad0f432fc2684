import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXIT, formatBytes, PlimsollError } from "../base/index.ts";
import { writeFault } from "./faults.ts";

/** A run's folder while it is being written. */
export interface RunFolder {
  /** Its name: time and plan. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

/** Folders of a run, made at its start. */
export const RUN_FOLDERS = ["samples", "gaps", "series", "spans", "texts"] as const;

/** A run needs at least this much room, bytes; a long one needs more. */
const LEAST_ROOM = 64 * 1024 ** 2;

/**
 * Makes `root/<UTC time>-<name>`; a second run of one second gets a number. Throws PlimsollError (exit code 104: the plan's
 * `runs` has to change) with RUNS_UNWRITABLE, or DISK_FULL when less than 64 MiB are free.
 */
export function createRunFolder(root: string, name: string, startedAt: Date): RunFolder {
  return createFolder(root, name, startedAt, RUN_FOLDERS);
}

/** Makes `root/<UTC time>-find-<name>`, in which the runs of a search lie; throws as {@link createRunFolder}. */
export function createFindFolder(root: string, name: string, startedAt: Date): RunFolder {
  return createFolder(root, `find ${name}`, startedAt, []);
}

function createFolder(root: string, name: string, startedAt: Date, inside: readonly string[]): RunFolder {
  const time = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const slug =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 48) || "run";
  const base = resolve(root);
  try {
    makeFolder(base);
    checkRoom(base);
    let id = `${time}-${slug}`;
    for (let i = 2; existsSync(join(base, id)); i++) id = `${time}-${slug}-${i}`;
    const path = join(base, id);
    mkdirSync(path);
    for (const folder of inside) mkdirSync(join(path, folder));
    return { id, path };
  } catch (error) {
    if (error instanceof PlimsollError) throw error;
    throw new PlimsollError({ ...writeFault(error, base), path: "runs" }, EXIT.planInvalid, { cause: error });
  }
}

/**
 * mkdir with its parents. Node's own `recursive` goes round for ever where a file system answers ENOENT though the parent exists, as
 * /proc does.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}

function checkRoom(path: string): void {
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free >= LEAST_ROOM) return;
  throw new PlimsollError(
    {
      code: "DISK_FULL",
      path: "runs",
      message: `The disk of ${path} has ${formatBytes(free)} left; a run needs at least ${formatBytes(LEAST_ROOM)}.`,
      received: formatBytes(free),
      hint: "Free some space, or set `runs` to a folder on a larger disk.",
    },
    EXIT.planInvalid,
  );
}
