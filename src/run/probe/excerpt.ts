const LONGEST = 60;

/** The beginning of a stranger's text on one line, without control characters. */
export function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]+/gu, " ").trim();
  const characters = [...line];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : line;
}
