import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Path } from "../path.ts";
import type { Context } from "./context.ts";

/** Headers that frame the request: the transport writes them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "upgrade",
  "te",
  "trailer",
]);

/** Whether headers, at this place of a plan, can be sent. */
export function checkHeaders(headers: Readonly<Record<string, string>>, path: Path, ctx: Context): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const refuse = (message: string, hint: string): void => {
      ctx.findings.fault({ code: "PLAN_HEADER", path: [...path, name], message, hint, atKey: true, bare: true });
    };
    const lower = name.toLowerCase();
    if (!accepts(() => validateHeaderName(name)))
      refuse("this is no name of a header", "Use letters, digits and hyphens.");
    else if (!accepts(() => validateHeaderValue(name, value))) {
      refuse("the value holds characters that no header may hold", "Remove line breaks and control characters.");
    }
    if (OWN_HEADERS.has(lower)) refuse(`Plimsoll writes \`${lower}\` itself`, "Remove this header.");
    if (seen.has(lower)) refuse("this header is there twice", "Remove one of the two.");
    seen.add(lower);
  }
}

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
