import { isStreamed } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";

/** What the plan's parameters decide for a request of a model server. */
export interface Wanted {
  readonly parameters: NonNullable<Target["parameters"]>;
  readonly streamed: boolean;
  /** The turn's token limit, unless the parameters set one under any of the names. */
  limit(maxTokens: number | undefined): number | undefined;
}

export function wantedOf(target: Target, ...limitNames: readonly string[]): Wanted {
  const { parameters = {} } = target;
  const own = limitNames.some((name) => name in parameters);
  return {
    parameters,
    streamed: isStreamed(target.protocol, parameters),
    limit: (maxTokens) => (own ? undefined : maxTokens),
  };
}
