import type { ServerEntry } from "../servers/types.ts";
import type { SampleIndex } from "./sample-index.ts";

export interface Recognised {
  readonly entry: ServerEntry;
  /** The label `server` of its series. */
  readonly server: string;
}

/** Of what nobody recognises. */
export const UNKNOWN_SERVER = "unknown";

/** The servers of the table that a page shows, in the table's order. */
export function recognise(index: SampleIndex, table: readonly ServerEntry[]): readonly Recognised[] {
  const found = table.filter(
    ({ tells, unless = [] }) =>
      tells.some((group) => group.every((name) => index.has(name))) && !unless.some((name) => index.has(name)),
  );
  const main = found.find(({ beside }) => beside !== true);
  return found.map((entry) => ({
    entry,
    server: entry.beside === true && main !== undefined ? main.kind : entry.kind,
  }));
}
