import { relative } from "node:path";
import type { Fault, PlimsollError } from "../base/index.ts";
import { counted } from "./figures.ts";
import { type Paint, painter } from "./paint.ts";
import { plain, wrap } from "./text.ts";

export interface FaultOptions {
  readonly color: boolean;
  /** Columns; default 100. */
  readonly width?: number;
  /** Paths below it are shown relative to it. */
  readonly cwd?: string;
}

function place(fault: Fault, cwd: string | undefined): string {
  if (fault.file === undefined) return fault.path ?? "";
  const near = cwd === undefined ? fault.file : relative(cwd, fault.file);
  const file = near.startsWith("..") || near === "" ? fault.file : near;
  const numbers = [fault.line, fault.column].filter((number) => number !== undefined);
  const at = [file, ...numbers].join(":");
  return fault.path === undefined || fault.path === "" ? at : `${at} ${fault.path}`;
}

function lines(fault: Fault, width: number, paint: Paint, cwd: string | undefined): string[] {
  const at = plain(place(fault, cwd));
  const head = at === "" ? paint(fault.code, "red") : `${paint(at, "bold")}  ${paint(fault.code, "red")}`;
  const out = [head, ...wrap(plain(fault.message), width, "  ")];
  if (fault.received !== undefined) out.push(...wrap(`received: ${plain(fault.received)}`, width, "    ", "  "));
  if (fault.hint !== undefined)
    out.push(...wrap(`hint: ${plain(fault.hint)}`, width, "    ", "  ").map((line) => paint(line, "cyan")));
  return out;
}

/** Every fault as a compiler shows it, `file:line:column` first so that editors and terminals make it a link; the count last. */
export function renderFaults(error: PlimsollError, { color, width = 100, cwd }: FaultOptions): string {
  const paint = painter(color);
  const parts = error.faults.map((fault) => lines(fault, width, paint, cwd).join("\n"));
  if (error.faults.length > 1 || error.faults.some((fault) => fault.file !== undefined))
    parts.push(paint(counted(error.faults.length, "fault"), "bold"));
  return `${parts.join("\n\n")}\n`;
}
