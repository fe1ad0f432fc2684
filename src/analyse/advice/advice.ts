import { formatMs, formatNumber } from "../../base/index.ts";
import type { Advice } from "../verdict/schema.ts";
import { REMEDIES } from "./remedies.ts";
import type { Remedy } from "./types.ts";

/** What the run itself says of a cause's waiting; ms of an attempt's mean time in the system. */
export interface Waiting {
  readonly before: number;
  readonly after: number;
  /** Of what was added, the part that was added by waiting for what gave way. */
  readonly share: number;
}

/** Advice against a cause at a component, that with the greatest estimated gain first, then in the order of the table. */
export function adviceOf(cause: string, component: string, waiting?: Waiting): readonly Advice[] {
  const all = (REMEDIES[cause] ?? []).map((remedy) => written(remedy, component, waiting));
  return all.toSorted((a, b) => gained(b) - gained(a));
}

const gained = ({ gain }: Advice): number => (gain === undefined ? 0 : (gain.before - gain.after) / gain.before);

export function filled(text: string, component: string): string {
  return text.replaceAll("{}", component);
}

function written(remedy: Remedy, component: string, waiting: Waiting | undefined): Advice {
  const gain = remedy.endsWaiting === true && waiting !== undefined ? estimate(waiting) : undefined;
  const formula =
    gain === undefined
      ? ""
      : ` Estimated at most: ${formatMs(gain.before)} less ${formatNumber(Math.min(1, waiting?.share ?? 0) * 100)} % of the ${formatMs((waiting?.after ?? 0) - (waiting?.before ?? 0))} that attempts gained, if nothing else gives way next.`;
  return {
    do: filled(remedy.do, component),
    why: filled(remedy.why, component) + formula,
    retest: filled(remedy.retest, component),
    ...(gain === undefined ? {} : { gain }),
  };
}

/** The mean time in the system without the waiting: after - share * (after - before). */
function estimate({ before, after, share }: Waiting): Advice["gain"] | undefined {
  const rest = after - Math.min(1, share) * (after - before);
  if (!(after > before * 1.2) || !(share > 0.1) || !Number.isFinite(rest)) return undefined;
  return { measure: "time in the system, mean, ms", before: after, after: rest, by: "estimated" };
}
