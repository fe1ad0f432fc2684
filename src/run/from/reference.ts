import { randomBytes } from "node:crypto";

/**
 * Variables inside texts that are still on their way into a plan: text of the file that happens to look like `${NAME}` must not become a
 * reference, or a file could have the plan send variables of this machine. So references are marked, until the plan is written, by
 * something that no file can know.
 */
const OPEN = `\ue000${randomBytes(8).toString("hex")}:`;
const CLOSE = "\ue001";
const MARKED = new RegExp(`${OPEN}([A-Za-z_][A-Za-z0-9_]*)(:-[^}\ue000\ue001]*)?${CLOSE}`, "g");

/** A reference to a variable; characters that a name cannot have become `_`. */
export function reference(name: string, fallback?: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_") || "VALUE";
  return `${OPEN}${safe}${fallback === undefined || /[}\ue000\ue001]/.test(fallback) ? "" : `:-${fallback}`}${CLOSE}`;
}

/** Names of the variables in a text that have no value of their own. */
export function unsetIn(text: string): string[] {
  return [...text.matchAll(MARKED)].flatMap(([, name = "", fallback]) => (fallback === undefined ? [name] : []));
}

export function hasReference(text: string): boolean {
  return text.search(MARKED) >= 0;
}

/** A text as a plan writes it: `$${` for the characters `${`, and `${NAME}` for a reference. */
export function planText(text: string): string {
  return text
    .replaceAll("${", () => "$${")
    .replace(MARKED, (_, name: string, fallback: string | undefined) => `\${${name}${fallback ?? ""}}`)
    .replaceAll(/[\ue000\ue001]/g, "")
    .replace(/\ue002([^\ue003]*)\ue003/g, "<$1>")
    .replaceAll(/[\ue002\ue003]/g, "");
}

/** A text with what references stand for left out, for looking at its parts. */
export function withoutReferences(text: string): string {
  return text.replace(MARKED, "");
}

/** The value that a reference falls back to in its place. */
export function withFallbacks(text: string): string {
  return text.replace(MARKED, (whole, _, fallback: string | undefined) => fallback?.slice(2) ?? whole);
}

/** The variable that a text is nothing but a reference to. */
export function variableOf(text: string): string | undefined {
  const [found] = text.matchAll(MARKED);
  return found !== undefined && found[0] === text && found[2] === undefined ? found[1] : undefined;
}

export function beginsWithReference(text: string): boolean {
  return text.startsWith(OPEN);
}
