/** Replaces every known secret in a text; the same object serves every file, log and terminal line of a run. */
export type Redactor = (text: string) => string;

const MARK = "***";

/** Secrets shorter than this would blank out ordinary words. */
const SHORTEST_SECRET = 6;

/** Builds a redactor for the given secret values; their URL-encoded forms, and base64 of each, are covered too. */
export function redactor(secrets: Iterable<string>): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const part of [secret, secret.replace(/^(bearer|basic|token)\s+/i, "")]) {
      if (part.length < SHORTEST_SECRET) continue;
      forms.add(part);
      forms.add(encodeURIComponent(part));
      forms.add(JSON.stringify(part).slice(1, -1));
      forms.add(Buffer.from(part).toString("base64"));
    }
  }
  const longestFirst = [...forms].sort((x, y) => y.length - x.length);
  return (text) => {
    let out = text;
    for (const form of longestFirst) if (out.includes(form)) out = out.replaceAll(form, MARK);
    return out;
  };
}
