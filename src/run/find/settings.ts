import type { Dimension, SearchSettings } from "../../analyse/index.ts";
import { EXIT, PlimsollError } from "../../base/index.ts";
import type { Plan } from "../../plan/index.ts";
import { dimensionOf, planLoad } from "./dimensions.ts";
import type { ProbeShape } from "./probe-plan.ts";
import type { FindOptions } from "./types.ts";

const LIVE = { probeTime: 120_000, pause: 2000 };
const SIMULATED = { probeTime: 900_000, pause: 0 };

export interface FindSettings {
  readonly vary: Dimension;
  readonly shape: ProbeShape;
  readonly search: SearchSettings;
  readonly pause: number;
}

/** Options with their defaults, or every fault of them (PlimsollError, exit code 104). */
export function findSettings(plan: Plan, options: FindOptions): FindSettings {
  const meant = planLoad(plan);
  const vary = options.vary ?? (meant?.unit === "users" ? "users" : "rate");
  const dimension = dimensionOf(vary);
  const at = dimension.load === undefined ? (options.at ?? meant) : undefined;
  const half = meant !== undefined && meant.unit === dimension.load ? meant.value / 2 : dimension.from;
  const round = (value: number): number => (dimension.whole ? Math.max(1, Math.round(value)) : value);
  const from = round(options.from ?? half);
  const most = options.to ?? dimension.most;
  const { within = 0.05, probes = 12 } = options;
  const standard = options.simulate === undefined ? LIVE : SIMULATED;
  const probeTime = options.probeTime ?? standard.probeTime;
  const faults = [
    ...(from > 0 && from <= most && most <= dimension.most
      ? []
      : [
          {
            code: "FIND_RANGE",
            path: "--from, --to",
            message: `there is nothing to look through from ${from} to ${most} ${dimension.unit}`,
            hint: `Give a --from above zero, and a --to above it, at most ${dimension.most.toLocaleString("en-US")}.`,
          },
        ]),
    ...(dimension.load !== undefined || at !== undefined
      ? []
      : [
          {
            code: "FIND_NO_LOAD",
            path: "--at",
            message: `the plan names no load at which to vary ${vary}`,
            hint: "Add --at 2/s, or `expect: { peak: 2/s }` to the plan.",
          },
        ]),
  ];
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return {
    vary,
    shape: { dimension, at, warmUp: options.warmUp ?? probeTime / 4, most: probeTime },
    search: {
      from,
      least: options.from === undefined ? Math.max(dimension.least, round(from / 64)) : from,
      most,
      whole: dimension.whole,
      within,
      probes,
      seed: plan.seed,
    },
    pause: options.pause ?? standard.pause,
  };
}
