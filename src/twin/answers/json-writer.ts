import type { Random } from "../../base/index.ts";
import type { Reading } from "./reading.ts";

export interface Writer {
  readonly root: unknown;
  readonly random: Random;
  readonly reading: Reading;
  nodes: number;
  /** What the prompt wants said has been said. */
  said: boolean;
}

export type Schema = Readonly<Record<string, unknown>>;

export function numberIn(schema: Schema, name: string): number | undefined {
  const value = schema[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
