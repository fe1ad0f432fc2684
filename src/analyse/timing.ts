import type { RunManifest } from "../record/index.ts";
import type { Scope } from "./scope.ts";

/** How long each stage really ran: a run that was cut short did not reach the end of its plan. */
export interface Timing {
  /** ms of the scope's stages that were run. */
  duration(scope: Scope): number;
  /** Sessions a second that the plan asked for over the scope's stages; undefined for a persona, a closed stage without a rate, or one cut short. */
  asked(scope: Scope): number | undefined;
}

type TimedRun = { readonly stages: RunManifest["stages"]; readonly run: Pick<RunManifest["run"], "asked"> };

/** `endAt`: ms of the run's end, its drain included. */
export function timing({ stages, run }: TimedRun, endAt: number): Timing {
  const spans = stages.map((stage, i) => {
    const duration = Math.min(stage.duration, Math.max(0, endAt - stage.from));
    const asked = duration < stage.duration ? undefined : (run.asked[i] ?? undefined);
    return { name: stage.name, duration, asked };
  });
  const within = (scope: Scope): typeof spans =>
    spans.filter((span) => scope.stage === undefined || span.name === scope.stage);
  const duration = (scope: Scope): number => within(scope).reduce((sum, span) => sum + span.duration, 0);
  return {
    duration,
    asked: (scope) => {
      const time = duration(scope);
      if (scope.persona !== undefined || time === 0) return undefined;
      let sessions = 0;
      for (const span of within(scope)) {
        if (span.duration === 0) continue;
        if (span.asked === undefined) return undefined;
        sessions += span.asked;
      }
      return (sessions / time) * 1000;
    },
  };
}
