/** Facts that a conversation states: "my name is Ada", "the code for Berlin is 7421", "remember the number 17". */

const MOST_LOOKS = 200;
const LONGEST = 80;

const COPULA = /\s*(?:is|was|are|were|reads|=|:)\s*:?\s*/iuy;
const BARE_VALUE = /\s+["'`“«]?((?=[\w-]*\d|[A-Z]{3}|[A-Za-z]+-[A-Z0-9])[A-Za-z0-9][\w-]{0,80})/uy;
const QUOTED = /["“«'`]([^"”»'`\n]{1,200})["”»'`]/uy;
const END = /[.!?,;:](?=\s|$)|\n|\s(?:and|but|or)\s/u;
const NAME = /\b(?:[Cc]all me|I am|I'm|this is)\s+(\p{Lu}[\p{L}-]{1,40})/u;

/** The value that a text gives a label, where it gives one last; undefined where it gives none. */
export function factIn(text: string, label: string): string | undefined {
  const capital = label.charAt(0).toUpperCase() + label.slice(1);
  const value = valueOf(text, label) ?? (capital === label ? undefined : valueOf(text, capital));
  return value ?? (label === "name" ? NAME.exec(text)?.[1] : undefined);
}

function valueOf(text: string, label: string): string | undefined {
  let at = text.length;
  for (let looks = 0; looks < MOST_LOOKS && at > 0; looks++) {
    at = text.lastIndexOf(label, at - 1);
    if (at < 0) break;
    const value = valueAt(text, at + label.length);
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueAt(text: string, after: number): string | undefined {
  COPULA.lastIndex = after;
  if (COPULA.test(text)) {
    const start = COPULA.lastIndex;
    QUOTED.lastIndex = start;
    const quoted = QUOTED.exec(text)?.[1];
    if (quoted !== undefined) return quoted;
    const rest = text.slice(start, start + LONGEST);
    const end = END.exec(rest)?.index ?? rest.length;
    const value = rest.slice(0, end).trim();
    return value === "" ? undefined : value;
  }
  BARE_VALUE.lastIndex = after;
  return BARE_VALUE.exec(text)?.[1];
}
