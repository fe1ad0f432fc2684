import { formatDuration } from "../../base/index.ts";
import type { Plan } from "../../plan/index.ts";
import { formatShare } from "../figures.ts";

type Whose = Pick<Plan["workload"], "regions" | "failover">;

/** Where a plan's users are, and what is added for it. */
export function regionsText({ regions = [], failover }: Whose): string[] {
  const each = regions.map(({ name, share, rtt, url }) => {
    const way =
      rtt === undefined ? "no round trip is added" : "its round trip is added at the client, before each request";
    return `${name}: ${formatShare(share)} of the loads that name no region, ${way}${url === undefined ? "" : `; asks ${url}`}`;
  });
  if (failover === undefined) return each;
  const { at, from, to, for: length } = failover;
  const until = length === undefined ? "" : `, for ${formatDuration(length)}`;
  return [...each, `at ${formatDuration(at) || "0s"} the users of ${from} move to ${to}${until}`];
}
