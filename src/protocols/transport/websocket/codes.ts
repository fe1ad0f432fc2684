import type { Outcome } from "../../../base/index.ts";
import type { Verdict } from "../../verdict.ts";

/** Close codes of RFC 6455, 7.4.1, that are sent or looked for here. */
export const CLOSE = {
  normal: 1000,
  protocolError: 1002,
  noCode: 1005,
  badData: 1007,
  tooBig: 1009,
} as const;

/**
 * What a server says of a request by closing with a code: of RFC 6455, of IANA's registry, and of the range that applications use, in
 * which many follow HTTP's numbers. The first range that fits; codes in none of them say that the connection ended, and nothing of the request.
 */
const RANGES: readonly (readonly [from: number, to: number, before: Outcome, inside: Outcome])[] = [
  [1002, 1002, "failed", "stream-error"],
  [1003, 1003, "rejected", "stream-error"],
  [1007, 1010, "rejected", "stream-error"],
  [1011, 1011, "failed", "stream-error"],
  [1013, 1013, "rejected", "stream-error"],
  [1014, 1014, "failed", "stream-error"],
  [3000, 3000, "rejected", "stream-error"],
  [3003, 3003, "rejected", "stream-error"],
  [4400, 4499, "rejected", "stream-error"],
  [4000, 4999, "failed", "stream-error"],
];

/** `begun`: a byte of the answer has come. */
export function verdictOf(code: number, begun: boolean, reason: string): Verdict | undefined {
  const range = RANGES.find(([from, to]) => code >= from && code <= to);
  if (range === undefined) return undefined;
  const [, , before, inside] = range;
  return { outcome: begun ? inside : before, reason };
}

export function closeReason(code: number, text: string): string {
  return `ws-close:${code}${text === "" ? "" : ` ${text}`}`;
}
