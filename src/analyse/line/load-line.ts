import { randomStream } from "../../base/index.ts";
import type { StageUnit } from "../../plan/index.ts";
import { expectedPeak } from "../facts/planned.ts";
import type { Facts } from "../facts/types.ts";
import type { LimitLine, LoadLine } from "../verdict/schema.ts";
import { stretches } from "./evidence.ts";
import { kneeOf } from "./knee.ts";
import { limitLine } from "./limit-line.ts";
import { readLimits } from "./limits.ts";
import { saturationOf } from "./saturation.ts";
import { scalabilityOf } from "./scalability.ts";
import { windowsOf } from "./windows.ts";

/** How much load the run shows that the system carries; undefined for a run without a stage that tells. */
export async function loadLine(facts: Facts): Promise<LoadLine | undefined> {
  const expected = expectedPeak(facts.manifest);
  const unit = expected?.unit ?? commonUnit(facts);
  const parts = stretches(facts, unit);
  const loads = parts.flatMap(({ from, to }) => [...facts.load.asked.slice(from, to)]).filter((load) => load > 0);
  if (loads.length === 0) return undefined;
  const limits = (await readLimits(facts)).map((limit) => limitLine(facts, parts, limit));
  const safe = safeLoad(limits);
  const windows = windowsOf(facts, parts);
  const knee = kneeOf(windows);
  const scalability = scalabilityOf(windows, randomStream(facts.manifest.seed, "scalability"));
  const saturated = saturationOf(facts);
  return {
    unit,
    ...(expected === undefined ? {} : { expected: expected.value }),
    tried: { least: loads.reduce((a, b) => Math.min(a, b)), most: loads.reduce((a, b) => Math.max(a, b)) },
    limits,
    ...(safe === undefined ? {} : { safe }),
    ...(knee === undefined ? {} : { knee }),
    ...(scalability === undefined ? {} : { scalability }),
    ...(saturated === undefined ? {} : { saturated }),
  };
}

/** The unit of most of the run's time. */
function commonUnit({ stages }: Facts): StageUnit {
  const time = (unit: StageUnit): number =>
    stages.filter((stage) => stage.unit === unit).reduce((sum, { from, to }) => sum + to - from, 0);
  return time("users") > time("sessions/s") ? "users" : "sessions/s";
}

function safeLoad(limits: readonly LimitLine[]): LoadLine["safe"] {
  let safe: LoadLine["safe"];
  for (const { expression, holdsUpTo } of limits) {
    if (holdsUpTo !== undefined && (safe === undefined || holdsUpTo.value < safe.value)) {
      safe = { ...holdsUpTo, limit: expression };
    }
  }
  return safe;
}
