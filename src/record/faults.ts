import type { Fault } from "../base/index.ts";

const FULL = /ENOSPC|no space left on device|EDQUOT|quota exceeded/i;

/** What a failed write means to the person: a full disk, or a folder that cannot be written. */
export function writeFault(error: unknown, folder: string): Fault {
  const detail = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  if (FULL.test(detail)) {
    return {
      code: "DISK_FULL",
      message: `The disk of ${folder} is full; the run's record cannot go on.`,
      received: detail,
      hint: "Free some space, or set `runs` to a folder on a larger disk.",
    };
  }
  return {
    code: "RUNS_UNWRITABLE",
    message: `The run folder ${folder} cannot be written.`,
    received: detail,
    hint: "Check that the folder still exists and may be written, or set `runs` to another one.",
  };
}
