import { readFileSync } from "node:fs";
import { EXIT, PlimsollError, type Warning } from "../base/index.ts";

/** Descriptors that a run needs beside its sockets: threads, DuckDB, run folder, terminal. */
const BESIDE = 100;

/** The process's limit of open files, or undefined where the system does not tell (Node raises it to the hard limit at start). */
export function openFileLimit(file = "/proc/self/limits"): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const match = /^Max open files\s+(\d+|unlimited)/m.exec(text);
  if (match === null) return undefined;
  return match[1] === "unlimited" ? Number.POSITIVE_INFINITY : Number(match[1]);
}

export interface SocketNeed {
  /** Sockets at once that the plan cannot do without: its closed users. */
  readonly least: number;
  /** `target.connections.max`. */
  readonly most: number;
}

/**
 * Holds what the plan needs against the limit of open files before anything is sent. Throws `TOO_FEW_FILES` when closed users alone
 * go beyond it; returns a warning when only the cap on connections does.
 */
export function checkFileDescriptors(need: SocketNeed, limit: number | undefined): readonly Warning[] {
  if (limit === undefined) return [];
  const room = limit - BESIDE;
  if (need.least > room) {
    throw new PlimsollError(
      {
        code: "TOO_FEW_FILES",
        message: `The plan needs ${need.least} sockets at once; this process may open ${limit} files.`,
        path: "stages",
        received: `${need.least} users`,
        hint: `Raise the limit (ulimit -n ${need.least + BESIDE}) or ask for fewer users.`,
      },
      EXIT.planInvalid,
    );
  }
  if (need.most <= room) return [];
  return [
    {
      code: "FEW_FILES",
      message: `target.connections.max is ${need.most}, and this process may open ${limit} files: beyond ${room} sockets attempts will be refused by this machine.`,
      hint: `Raise the limit (ulimit -n ${need.most + BESIDE}) or lower target.connections.max.`,
    },
  ];
}
