/** Labels as series keep them: `{key="value"}`, sorted by key, escaped as in an exposition; empty for none. */
export function labelText(labels: Iterable<readonly [name: string, value: string]>): string {
  const pairs = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return "";
  return `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
