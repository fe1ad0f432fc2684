import { randomFillSync } from "node:crypto";

const POOL = Buffer.alloc(4096);
let next = POOL.length;

/** Where the next `count` unpredictable bytes lie: masks must not be guessed by what is sent (RFC 6455, 10.3). */
function take(count: number): number {
  if (next + count > POOL.length) {
    randomFillSync(POOL);
    next = 0;
  }
  const at = next;
  next += count;
  return at;
}

export function randomMask(): readonly [number, number, number, number] {
  const at = take(4);
  return [POOL[at] ?? 0, POOL[at + 1] ?? 0, POOL[at + 2] ?? 0, POOL[at + 3] ?? 0];
}

export function randomKey(): string {
  const at = take(16);
  return POOL.toString("base64", at, at + 16);
}
