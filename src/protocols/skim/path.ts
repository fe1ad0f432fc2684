import { EXIT, PlimsollError } from "../../base/index.ts";

/** One step from a value to a part of it: a member's name or an element's index. */
export type PathStep = string | number;

const STEP = /\.([\p{L}\p{N}_$-]+)|\[(\d+)\]|\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/uy;

/**
 * Reads a JSON path of the plain kind: `$`, `$.usage.total`, `$.choices[0].delta`, `$["odd name"]`. Wildcards and filters are
 * not in it, because one event has one token.
 *
 * @throws PlimsollError PROTOCOL_BAD_PATH
 */
export function parsePath(path: string): readonly PathStep[] {
  const steps: PathStep[] = [];
  let at = path.startsWith("$") ? 1 : -1;
  while (at >= 0 && at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) {
      at = -1;
      break;
    }
    const [whole, name, index, double, single] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? (double ?? single ?? "").replaceAll(/\\(.)/gu, "$1"));
    at += whole.length;
  }
  if (at < 0) {
    throw new PlimsollError(
      {
        code: "PROTOCOL_BAD_PATH",
        message: `"${path}" is not a JSON path that can be read`,
        received: path,
        hint: 'Write it as $, then .name, ["name"] or [0] for each step, as in $.choices[0].delta.content',
      },
      EXIT.planInvalid,
    );
  }
  return steps;
}
