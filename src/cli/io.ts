import type { TerminalFacts } from "../report/index.ts";

/** The world as a command sees it: results go to `out`, progress and complaints to `err`. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  out(text: string): void;
  err(text: string): void;
  readonly outTerminal: Terminal;
  readonly errTerminal: Terminal;
  /** Values that no output may show; commands add what they learn. */
  readonly secrets: Set<string>;
}

export interface Terminal extends TerminalFacts {
  readonly columns: () => number;
  readonly rows: () => number;
}

/** Where no terminal says how wide it is. */
const COLUMNS = 100;
const ROWS = 24;

function terminalOf(stream: NodeJS.WriteStream, env: Io["env"]): Terminal {
  return {
    isTTY: stream.isTTY === true,
    env,
    columns: () => stream.columns || Number(env.COLUMNS) || COLUMNS,
    rows: () => stream.rows || ROWS,
  };
}

/** A reader that goes away (`| head`) ends the output, not the work: the exit code still tells how the run ended. */
function writerOf(stream: NodeJS.WriteStream): (text: string) => void {
  let gone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    gone = true;
  });
  return (text) => {
    if (!gone) stream.write(text);
  };
}

export function processIo(): Io {
  const { env } = process;
  return {
    env,
    cwd: process.cwd(),
    out: writerOf(process.stdout),
    err: writerOf(process.stderr),
    outTerminal: terminalOf(process.stdout, env),
    errTerminal: terminalOf(process.stderr, env),
    secrets: new Set(),
  };
}
