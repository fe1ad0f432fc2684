import type { Advice } from "../verdict/schema.ts";

export function adviceOf(_cause: string, _component: string): readonly Advice[] {
  return [];
}
