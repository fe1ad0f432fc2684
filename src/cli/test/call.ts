import type { Io } from "../io.ts";
import { cli } from "../program.ts";

/** How a call of the command ended, and what it wrote. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the command in a folder, without a terminal and without an environment. */
export async function callIn(cwd: string, args: readonly string[]): Promise<Called> {
  let out = "";
  let err = "";
  const terminal = { isTTY: false, env: {}, columns: () => 100, rows: () => 24 };
  const io: Io = {
    env: {},
    cwd,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outTerminal: terminal,
    errTerminal: terminal,
    secrets: new Set(),
  };
  const code = await cli(args, io);
  return { code, out, err };
}
