/**
 * The text of a JSON string's inside (no quotes), whose escapes are known to be valid. Invalid UTF-8 becomes U+FFFD. Pieces of
 * several strings may be decoded as one: a surrogate pair or a character cut between them is whole again.
 */
export function decodeString(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  const text = bytes.toString("utf8", start, end);
  if (!escaped) return text;
  const parsed: unknown = JSON.parse(`"${text}"`);
  return String(parsed);
}
