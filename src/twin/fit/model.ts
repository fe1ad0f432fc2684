import type { EngineSpec } from "../engine/types.ts";
import type { ModelPoint } from "./parameters.ts";
import { type Prefix, prefixesOf } from "./prefixes.ts";
import { type Predicted, replay } from "./replay.ts";
import type { Episode } from "./types.ts";

/** What was asked, and of which engine: everything of the model but its step costs. */
export interface Setting {
  readonly spec: EngineSpec;
  readonly replicas: number;
  readonly hitRate: number;
  readonly episodes: readonly Episode[];
  /** For each episode what its requests share; undefined where nothing was found in the prefix cache. */
  readonly prefixes: readonly (readonly Prefix[] | undefined)[];
  /** Told after each simulation. */
  readonly simulated?: () => void;
}

export function settingOf(given: Omit<Setting, "prefixes">): Setting {
  return { ...given, prefixes: given.episodes.map((episode) => prefixesOf(episode, given.spec.blockSize)) };
}

/** The model's answer to every episode. */
export function predict(setting: Setting, { costs }: ModelPoint): readonly Predicted[] {
  const spec = { ...setting.spec, costs };
  const { replicas, hitRate, prefixes } = setting;
  const predicted = setting.episodes.map((episode, e) =>
    replay(episode, spec, { replicas, hitRate, prefixes: prefixes[e] }),
  );
  setting.simulated?.();
  return predicted;
}
