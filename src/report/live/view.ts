import type { Clock, Warning } from "../../base/index.ts";
import type { Progress } from "../../run/index.ts";
import { painter } from "../paint.ts";
import { displayWidth, plain } from "../text.ts";
import { frame } from "./frame.ts";
import { History } from "./history.ts";
import { progressLine, stageLine } from "./line.ts";
import { PHASES } from "./words.ts";

export interface LiveOptions {
  /** The plan's name. */
  readonly name: string;
  /** Redraw one screen in place; otherwise plain lines, for logs. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Asked before each frame: windows change their size. */
  readonly columns: () => number;
  readonly rows: () => number;
  readonly clock: Clock;
}

export interface LiveView {
  update(progress: Progress): void;
  warn(warning: Warning): void;
  /** One line that stays, above the screen. */
  note(text: string): void;
  /** Clears the screen's lines and gives the cursor back; safe to call again. Nothing is written afterwards. */
  stop(): void;
}

/** ms between frames: four a second at most. */
const FRAME_EVERY = 250;
/** ms between plain lines. */
const LINE_EVERY = 5_000;

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

type Output = { write(text: string): unknown };

function warningText({ message, hint }: Warning): string {
  return `warning: ${plain(message)}${hint === undefined ? "" : ` ${plain(hint)}`}`;
}

/** Shows a run while it goes on. Everything that came from outside is stripped of control characters before it is written. */
export function createLiveView(stream: Output, options: LiveOptions): LiveView {
  return options.interactive ? screen(stream, options) : lines(stream, options);
}

function lines(stream: Output, { clock }: LiveOptions): LiveView {
  let stage = -1;
  let phase: Progress["phase"] = "preflight";
  let last = clock.now();
  let stopped = false;
  const write = (text: string): void => {
    if (!stopped) stream.write(`${text}\n`);
  };
  return {
    update(progress) {
      if (progress.phase === "running" && progress.stage.index !== stage) {
        stage = progress.stage.index;
        write(stageLine(progress));
      }
      if (progress.phase !== phase) {
        phase = progress.phase;
        if (PHASES[phase] !== "") write(PHASES[phase]);
      }
      const now = clock.now();
      if (now - last < LINE_EVERY || progress.phase === "preflight") return;
      last = now;
      write(progressLine(progress));
    },
    warn: (warning) => write(warningText(warning)),
    note: (text) => write(plain(text)),
    stop() {
      stopped = true;
    },
  };
}

function screen(stream: Output, { name, color, columns, rows, clock }: LiveOptions): LiveView {
  const paint = painter(color);
  const history = new History();
  let shown: readonly string[] = [];
  let queued: string[] = [];
  let latest: Progress | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;

  /** Moves to the first line of what is shown. A window that became narrower has broken its lines over several rows. */
  const home = (width: number): string => {
    let up = 0;
    for (const line of shown) up += Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, width)));
    return up === 0 ? "" : `\r\u001b[${up}A`;
  };

  const draw = (): void => {
    if (latest === undefined || stopped) return;
    const now = clock.now();
    if (now - last < FRAME_EVERY) return;
    last = now;
    const width = columns();
    // One column and one row stay free: a full line or a full window would scroll.
    const next = frame({ name, progress: latest, history, width: Math.max(1, width - 1), paint }).slice(
      0,
      Math.max(1, rows() - 1),
    );
    let out = shown.length === 0 ? HIDE_CURSOR : home(width);
    for (const line of [...queued, ...next]) out += `${line}${CLEAR_LINE}\n`;
    // A shorter frame, or one that a narrower window had broken, leaves rows below.
    out += CLEAR_BELOW;
    queued = [];
    shown = next;
    stream.write(out);
  };

  const say = (text: string): void => {
    if (stopped) return;
    if (shown.length === 0) {
      stream.write(`${text}\n`);
      return;
    }
    queued.push(text);
    draw();
  };

  return {
    update(progress) {
      latest = progress;
      history.add(progress);
      draw();
    },
    warn: (warning) => say(paint(warningText(warning), "yellow")),
    note: (text) => say(plain(text)),
    stop() {
      if (stopped) return;
      stopped = true;
      if (shown.length === 0) return;
      stream.write(`${home(columns())}${CLEAR_BELOW}${queued.map((text) => `${text}\n`).join("")}${SHOW_CURSOR}`);
    },
  };
}
