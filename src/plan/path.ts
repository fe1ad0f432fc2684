import { isObject } from "../base/index.ts";

export { isMapping, isObject } from "../base/index.ts";

/** A place in a plan: `["stages", 2, "to"]`. */
export type Path = readonly (string | number)[];

/** `stages[2].to`; keys that are no plain words are quoted: `headers["x y"]`. */
export function formatPath(path: Path): string {
  let out = "";
  for (const step of path) {
    if (typeof step === "number") out += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) out += out === "" ? step : `.${step}`;
    else out += `[${JSON.stringify(step)}]`;
  }
  return out;
}

/** The inverse of {@link formatPath}; `undefined` for what is no path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  const step = /\.?([\w$-]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (step.lastIndex < text.length) {
    const start = step.lastIndex;
    const match = step.exec(text);
    if (!match) return undefined;
    const startsWithDot = text[start] === ".";
    if (match[1] !== undefined) {
      if (startsWithDot === (path.length === 0)) return undefined;
      path.push(match[1]);
    } else if (match[2] !== undefined) path.push(Number(match[2]));
    else path.push(match[3]?.replace(/\\(.)/g, "$1") ?? "");
  }
  return path.length > 0 ? path : undefined;
}

/** The value at a path, through own properties only; `undefined` where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}
