import type { Warning } from "../base/index.ts";
import type { Path } from "./path.ts";

/** A fault before it has a place in a file: the place and the received value are looked up from the path at the end. */
export interface Problem {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The fault is about the key, not about its value. */
  readonly atKey?: boolean;
  /** Where the value at the path is not the place: a YAML error; "nowhere": no line of the file is wrong. */
  readonly place?: { readonly line: number; readonly column: number } | "nowhere";
  /** Leaves out the received value: it is missing, or the message quotes what matters. */
  readonly bare?: boolean;
}

/** What a plan leaves out, and what it gets. */
export interface StatedDefault {
  readonly path: string;
  readonly value: string;
}

/** What the steps of reading a plan collect. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Warning[] = [];
  readonly defaults: StatedDefault[] = [];

  fault(problem: Problem): void {
    this.problems.push(problem);
  }
}

/** Of a document that is no mapping of fields, or nothing at all; `hint`: how to begin one. */
export function notAMapping(found: unknown, hint: string): Problem {
  const empty = found === undefined || found === null;
  return {
    code: empty ? "PLAN_EMPTY" : "PLAN_TYPE",
    path: [],
    message: empty ? "the plan is empty" : "expected a plan: a mapping of fields",
    hint,
    bare: true,
  };
}
