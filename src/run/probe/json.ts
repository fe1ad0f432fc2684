/** JSON text of a stranger as a value; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // not JSON: an answer to the question, not a failure
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value.a.b` where every step is a plain object. */
export function member(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (!isRecord(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** The `key` of every object in a list: the names that model lists give. */
export function namesIn(list: unknown, key: string): string[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry) => member(entry, key)).filter((name) => typeof name === "string");
}

const MOST_LEAVES = 500;
const DEEPEST = 12;

/** Every value that is not an object or a list, with its JSON path; bounded. */
export function leaves(root: unknown): { readonly path: string; readonly key: string; readonly value: unknown }[] {
  const found: { path: string; key: string; value: unknown }[] = [];
  const walk = (value: unknown, path: string, key: string, depth: number): void => {
    if (found.length >= MOST_LEAVES || depth > DEEPEST) return;
    if (Array.isArray(value))
      for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`, key, depth + 1);
    else if (isRecord(value))
      for (const [name, part] of Object.entries(value)) walk(part, path + step(name), name, depth + 1);
    else found.push({ path, key, value });
  };
  walk(root, "$", "", 0);
  return found;
}

function step(name: string): string {
  return /^[\p{L}\p{N}_$-]+$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Paths of the objects that hold token counts. */
export function usagePath(root: unknown): string | undefined {
  const counts = leaves(root).filter(
    ({ key, value }) =>
      typeof value === "number" &&
      /^(prompt|input|completion|output|candidates?)_?tokens?(_?count)?$|^(prompt_)?eval_count$/i.test(key),
  );
  const path = counts[0]?.path;
  return path?.replace(/(\.[^.[\]]+|\["[^"]*"\])$/u, "");
}
