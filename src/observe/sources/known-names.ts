import type { ServerEntry, Source } from "../servers/types.ts";

/** One selector of every series that the tables read, in the given jobs. */
export function knownNamesQuery(table: readonly ServerEntry[], jobs: readonly string[]): string {
  const told = table.flatMap(({ tells, maps }) => [...tells.flat(), ...maps.flatMap(({ from }) => namesOf(from))]);
  // A prefix would bring every bucket; what is mapped is enough to tell the server by.
  const names = new Set(told.filter((name) => !name.endsWith("*")));
  const pattern = [...names].map(regexEscape).sort().join("|");
  const only = jobs.length === 0 ? "" : `,job=~${quoted(jobs.map(regexEscape).join("|"))}`;
  return `{__name__=~${quoted(pattern)}${only}}`;
}

/** Names on the wire: a histogram's with their suffix, a counter's with and without `_total`. */
function namesOf(source: Source): readonly string[] {
  switch (source.kind) {
    case "series":
      if (source.part !== "value") return source.names.map((name) => `${name}_${source.part}`);
      return source.names.flatMap((name) => (name.endsWith("_total") ? [name] : [name, `${name}_total`]));
    case "label":
    case "distinct":
      return source.names;
    case "total":
    case "first":
      return source.of.flatMap(namesOf);
    case "rate":
    case "rest":
      return namesOf(source.of);
    case "ratio":
    case "product":
      return [...namesOf(source.of), ...namesOf(source.by)];
  }
}

function regexEscape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
