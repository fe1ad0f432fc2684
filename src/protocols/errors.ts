/** Characters of a reason at most. */
const MAX_REASON = 200;

/** A reason as it goes into a record: one line, bounded. */
export function clipReason(text: string): string {
  // Control characters of a hostile server must not reach a terminal.
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON - 3)}...` : line;
}

interface CodedError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
}

/** The step of opening a connection during which an error came. */
export type ConnectStep = "tcp" | "tls" | "open";

/** A stable word for a socket's error: `ECONNREFUSED`, `dns:ENOTFOUND`, `tls:CERT_HAS_EXPIRED`. */
export function socketReason(error: Error, step: ConnectStep): string {
  const { code, syscall }: CodedError = error;
  const word = typeof code === "string" ? code : error.name;
  if (syscall === "getaddrinfo" || syscall === "queryA") return `dns:${word}`;
  return step === "tls" ? `tls:${word}` : word;
}

/** The sentence in an error's JSON, whichever of the usual shapes it has: `{error: {message}}`, `{detail}`, `"text"`, ... */
export function errorMessage(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (Array.isArray(value)) return value.length > 0 ? errorMessage(value[0]) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  for (const name of ["error", "message", "detail", "msg", "error_description", "title", "type", "code"]) {
    const found = errorMessage(members.get(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The sentence in the first bytes of an error's body: of JSON (also of JSON that was cut), else its text without tags. */
export function messageOfBody(body: string): string {
  const trimmed = body.trim();
  if (/^[{["]/.test(trimmed)) {
    const parsed = parseOrUndefined(trimmed);
    if (parsed !== undefined) return errorMessage(parsed) ?? "";
    const cut = /"(?:message|detail|error|msg)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(trimmed)?.[1];
    if (cut !== undefined) return cut;
  }
  const title = /<title[^>]*>([^<]*)/i.exec(trimmed)?.[1];
  return (title ?? trimmed.replaceAll(/<(style|script)\b[\s\S]*?(<\/\1>|$)|<[^>]*>?/gi, " ")).trim();
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
