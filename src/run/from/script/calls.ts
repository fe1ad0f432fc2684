import { jsonBody } from "../json.ts";
import type { Call, Left, ThinkInput } from "../types.ts";
import { duration } from "../units.ts";
import { hasUntold, isMap, isUntold, rangeOf, shown, type Value, variants } from "./value.ts";

/** A request as a script writes it. */
export interface Written {
  readonly place: string;
  readonly method: string;
  readonly url: Value;
  readonly headers: Value | undefined;
  /** Data, or a text of JSON. */
  readonly body: Value | undefined;
  readonly group: string;
  readonly weight: number;
  readonly think: ThinkInput | undefined;
}

/** The request, once for each text that the script chooses from. */
export function callsOf(written: Written, left: Left[]): Call[] {
  const { place, method, group, weight, think } = written;
  const url = variants(written.url)[0];
  if (typeof url !== "string" || hasUntold(url)) {
    left.push({
      place,
      what: `a request to an address that only the script can tell: ${typeof url === "string" ? shown(url) : "none is written"}`,
    });
    return [];
  }
  const headers = headersOf(written.headers, place, left);
  const bodies = written.body === undefined ? [undefined] : variants(written.body);
  return bodies.map((body, n): Call => {
    const json = typeof body === "string" ? jsonBody(body) : body;
    if (n === 0 && body !== undefined && json === undefined) {
      left.push({
        place,
        what: typeof body === "string" && isUntold(body) ? `the body ${shown(body)}` : "a body that is no JSON",
      });
    }
    return {
      place,
      method,
      url,
      headers,
      ...(json === undefined ? {} : { body: json }),
      group,
      weight,
      ...(think === undefined ? {} : { think }),
      ...(n === 0 ? {} : { alternative: true }),
    };
  });
}

function headersOf(value: Value | undefined, place: string, left: Left[]): Record<string, string> {
  const out: Record<string, string> = {};
  if (!isMap(value)) return out;
  for (const [name, item] of value) {
    const text = variants(item)[0];
    if (typeof text === "number") out[name] = String(text);
    else if (typeof text === "string" && !hasUntold(text)) out[name] = text;
    else left.push({ place, what: `the header ${name}: only the script can tell its value` });
  }
  return out;
}

/** A pause in seconds, fixed or between two. */
export function thinkOf(value: Value | undefined): ThinkInput | undefined {
  const range = rangeOf(value);
  if (range === undefined || range.min < 0 || range.max === 0) return undefined;
  if (range.min === range.max) return duration(range.min * 1000);
  return { min: range.min === 0 ? "1ms" : duration(range.min * 1000), max: duration(range.max * 1000) };
}
