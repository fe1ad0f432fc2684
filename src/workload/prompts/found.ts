import type { PromptColumns, PromptSource } from "../../plan/index.ts";
import type { PromptEntry } from "./entry.ts";
import type { Shape } from "./json-entry.ts";

export type FileSource = Extract<PromptSource, { readonly kind: "file" }>;

/** What one record of a file holds. */
export interface Found {
  readonly line: number;
  readonly shape: Shape;
  readonly entry: Omit<PromptEntry, "id"> & { readonly id?: string };
}

/** `field` is `columns.prompt` of one name. */
export function columnsOf({ field, columns }: FileSource): PromptColumns {
  return field === undefined ? { ...columns } : { ...columns, prompt: [field] };
}
