import type { Findings } from "../problems.ts";

/** What the steps of normalising share. */
export interface Context {
  readonly findings: Findings;
  /** Folder against which the plan's files are resolved. */
  readonly base: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The value as written, or the default, which is then stated. */
export function orDefault<T>(value: T | undefined, fallback: T, path: string, stated: string, ctx: Context): T {
  if (value !== undefined) return value;
  ctx.findings.defaults.push({ path, value: stated });
  return fallback;
}
