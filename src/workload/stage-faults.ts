import type { Fault } from "../base/index.ts";
import type { Stage } from "../plan/index.ts";

/** Waves of one sine; beyond it the tables of the rate would outgrow memory, and no server could tell one wave from the next. */
const MOST_WAVES = 100_000;

/** What of the stages' loads cannot be computed. */
export function stageFaults(stages: readonly Stage[]): Fault[] {
  return stages.flatMap((stage, i) =>
    stage.load.flatMap((part, k) => {
      if (part.shape !== "sine" || part.for / part.period <= MOST_WAVES) return [];
      return [
        {
          code: "WORKLOAD_TOO_MANY_WAVES",
          message: `a sine of stage ${stage.name} has more than ${MOST_WAVES.toLocaleString("en-US")} waves`,
          path: `stages[${i}].load[${k}]`,
          received: `a period of ${part.period} ms over ${part.for} ms`,
          hint: "Choose a longer period.",
        },
      ];
    }),
  );
}
