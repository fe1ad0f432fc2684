import { createHash } from "node:crypto";
import type { StackSpec } from "../stack/index.ts";

const LENGTH = 12;

/** Twelve hex digits that are the same for stacks that are the same model; the seed and the name do not count. */
export function stackHash({ source, entry }: StackSpec): string {
  return createHash("sha256")
    .update(canonical({ entry, parts: source["parts"] }))
    .digest("hex")
    .slice(0, LENGTH);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
