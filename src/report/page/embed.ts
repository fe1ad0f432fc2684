/** Characters that could end the element, or the line, in which JSON stands inside HTML; JSON can say each of them by its code. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/** JSON that may stand inside a script element of any HTML: no text of a run, hostile ones included, can leave it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapedText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

/** The template with each `plimsoll:<name>` replaced, once over the template: what is put in is never looked at again. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(
    /"plimsoll:(data)"|plimsoll:(title|headline)\b/g,
    (whole, data?: string, name?: string) => values[data ?? name ?? ""] ?? whole,
  );
}
