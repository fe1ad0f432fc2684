import type { EngineSpec } from "../engine/types.ts";
import type { ModelPoint } from "./parameters.ts";
import { type Predicted, replay } from "./replay.ts";
import type { Episode } from "./types.ts";

/** What was asked, and of which engine: everything of the model but its step costs. */
export interface Setting {
  readonly spec: EngineSpec;
  readonly replicas: number;
  readonly hitRate: number;
  readonly episodes: readonly Episode[];
}

/** The model's answer to every episode. */
export function predict(setting: Setting, { costs }: ModelPoint): readonly Predicted[] {
  const spec = { ...setting.spec, costs };
  return setting.episodes.map((episode) => replay(episode, spec, setting));
}
