import type { OutgoingHttpHeaders } from "node:http";
import type { Served } from "../../stack/types.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** OpenAI's system_fingerprint: another one where another model, part or seed answers. */
export function fingerprintOf(served: Served, seed: number): string {
  let hash = FNV_OFFSET;
  for (const letter of `${served.part} ${served.ask.model} ${seed}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  return `fp_${hash.toString(16).padStart(8, "0")}`;
}

/** Which replica answered, and what the parts add. */
export function replicaHeaders(served: Served): OutgoingHttpHeaders {
  return { ...(served.replica === undefined ? {} : { "x-replica": served.replica }), ...served.headers };
}
