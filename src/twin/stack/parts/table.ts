import { type BoundEntry, bind } from "./bind.ts";
import { pool } from "./pool.ts";

/** Every kind of part. One file a kind; a new one is named here and nowhere else. */
const ENTRIES: readonly BoundEntry[] = [bind(pool)];

export const PARTS: ReadonlyMap<string, BoundEntry> = new Map(ENTRIES.map((entry) => [entry.kind, entry]));
