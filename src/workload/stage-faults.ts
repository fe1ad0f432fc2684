import type { Fault } from "../base/index.ts";
import type { LoadPart, Stage } from "../plan/index.ts";

/** Waves, or steps, of one part; beyond it the tables of the rate would outgrow memory, and no server could tell them apart. */
const MOST_PIECES = 100_000;

/** What of a stage's load cannot be computed. */
export function stageFaults(stages: readonly Stage[]): Fault[] {
  return stages.flatMap((stage, i) =>
    stage.load.flatMap((part, k) => {
      const fault = partFault(part);
      return fault === undefined ? [] : [{ ...fault, path: `stages[${i}].load[${k}]` }];
    }),
  );
}

function partFault(part: LoadPart): Fault | undefined {
  if (part.shape === "ramp" && part.curve === "exponential" && !(part.from * part.to > 0)) {
    return {
      code: "WORKLOAD_EXPONENTIAL_FROM_ZERO",
      message: "an exponential ramp can neither begin nor end at zero",
      received: `from ${part.from} to ${part.to}`,
      hint: "Begin at a small load, or use a linear ramp.",
    };
  }
  const pieces = part.shape === "sine" ? part.for / part.period : part.shape === "steps" ? part.count : 1;
  if (pieces <= MOST_PIECES) return undefined;
  return {
    code: "WORKLOAD_TOO_MANY_PIECES",
    message: `the ${part.shape} has more than ${MOST_PIECES.toLocaleString("en-US")} ${part.shape === "sine" ? "waves" : "plateaus"}`,
    received: String(Math.ceil(pieces)),
    hint: part.shape === "sine" ? "Choose a longer period." : "Use a ramp.",
  };
}
