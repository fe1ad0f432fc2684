import { randomStream } from "../base/index.ts";
import type { Plan, RegionPlan, Stage } from "../plan/index.ts";
import { samplerOf } from "./distributions.ts";
import type { Files } from "./files.ts";
import { curveOf } from "./shapes/index.ts";
import type { SessionScript, SessionTimes } from "./types.ts";
import { userOf } from "./users.ts";

type Placed = Pick<SessionScript, "region" | "rtt" | "url">;

/** Load that a region brings at a time; `region` undefined: to be shared by all. */
type Bring = { readonly region: string | undefined; readonly load: (at: number) => number };

/**
 * Where a session's user is, and how far. A load's parts that name a region bring users of that region, in proportion to what they bring at the time
 * when the user came; the rest falls to all regions by their shares. `recorded` is the region of a trace's row, which stands.
 */
export function regionsOf(
  plan: Plan,
  files: Files,
): (session: number, times: SessionTimes, recorded?: string) => Placed {
  const { seed, stages, workload } = plan;
  const { regions = [], failover } = workload;
  const brought = stages.map(bringsOf);
  const laws = new Map(
    regions.map(({ name, rtt }, i) => [name, rtt && samplerOf(rtt, files, `workload.regions[${i}].rtt`)]),
  );
  const moved = failover?.rtt && samplerOf(failover.rtt, files, "workload.failover.rtt");
  const urls = new Map(regions.map(({ name, url }) => [name, url]));
  return (session, { came, at }, recorded) => {
    const user = userOf(session);
    const region = recorded ?? homeOf(regions, broughtAt(stages, brought, came), came, seed, user);
    const away =
      failover !== undefined &&
      region === failover.from &&
      at >= failover.at &&
      at < failover.at + (failover.for ?? Number.POSITIVE_INFINITY);
    const served = away ? failover.to : region;
    const law = (away ? moved : undefined) ?? laws.get(served);
    const rtt = law === undefined ? 0 : law(randomStream(seed, "rtt", user));
    const url = urls.get(served);
    return { region, ...(rtt > 0 ? { rtt } : {}), ...(url === undefined ? {} : { url }) };
  };
}

/** What the parts of a stage bring; nothing where none names a region. */
function bringsOf({ from, load }: Stage): readonly Bring[] {
  if (load.every(({ region }) => region === undefined)) return [];
  return load.map((part) => {
    const curve = curveOf(part);
    const begin = from + part.at;
    return {
      region: part.region,
      load: (at) => (at < begin || at >= begin + part.for ? 0 : curve.rate(at - begin)),
    };
  });
}

/** Those of the stage at a time. */
function broughtAt(stages: readonly Stage[], brought: readonly (readonly Bring[])[], at: number): readonly Bring[] {
  const index = stages.findIndex(({ from, duration }) => at < from + duration);
  return brought[index] ?? [];
}

/**
 * The region whose exponential clock rings first, each at the rate of its weight: every region has its chance (the least of exponential variables;
 * Feller, "An Introduction to Probability Theory", volume 2, I.3), and a change of weights moves no more users than it must.
 */
function homeOf(
  regions: readonly RegionPlan[],
  brought: readonly Bring[],
  at: number,
  seed: number,
  user: number,
): string {
  const own = new Map<string, number>();
  let shared = 0;
  for (const { region, load } of brought) {
    if (region === undefined) shared += load(at);
    else own.set(region, (own.get(region) ?? 0) + load(at));
  }
  const named = [...own.values()].some((load) => load > 0);
  let first = regions[0]?.name ?? "";
  let earliest = Number.POSITIVE_INFINITY;
  for (const [i, { name, share }] of regions.entries()) {
    const weight = named ? Math.max(0, own.get(name) ?? 0) + Math.max(0, shared) * share : share;
    const rings = -Math.log(1 - randomStream(seed, "region", user, i).next()) / weight;
    if (rings < earliest) {
      earliest = rings;
      first = name;
    }
  }
  return first;
}
