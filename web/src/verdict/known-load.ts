import type { PageData } from "../../../src/report/page/types.ts";

type LoadLine = NonNullable<PageData["verdict"]["line"]>;

/**
 * The most that other limits were tried at, where that is less than the load at which the first one breaks: then no more is known than that the
 * safe load is at most there. Limits on one stage were tried at no other load, and do not count.
 */
export function triedBelow({ safe, limits }: LoadLine, data: PageData): number | undefined {
  if (safe === undefined) return undefined;
  const lower = limits.flatMap(({ expression, above }) =>
    above !== undefined && above < safe.value && !isOfStage(data, expression) ? [above] : [],
  );
  return lower.length === 0 ? undefined : Math.min(...lower);
}

function isOfStage({ limits }: PageData, expression: string): boolean {
  return limits.some((limit) => limit.expression === expression && limit.stage !== undefined);
}
