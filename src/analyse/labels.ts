const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The labels of a series as they are written, `{key="value"}`, taken apart. */
export function readLabels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}
