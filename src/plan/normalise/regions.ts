import { lenient } from "../lenient.ts";
import type { Path } from "../path.ts";
import { workloadSchema } from "../schema/workload.ts";
import type { FailoverPlan, RegionPlan, Target, WorkloadPlan } from "../types.ts";
import type { Context } from "./context.ts";

/** Regions and failover of a workload as it is written. */
export function readRegions(
  section: Readonly<Record<string, unknown>>,
  target: Target | undefined,
  ctx: Context,
): Pick<WorkloadPlan, "regions" | "failover"> {
  const written = lenient(workloadSchema.pick({ regions: true }), { regions: section["regions"] })?.value.regions;
  const moved = lenient(workloadSchema.pick({ failover: true }), { failover: section["failover"] })?.value.failover;
  if (written === undefined && section["regions"] !== undefined) return {};
  const whole = (written ?? []).reduce((sum, { share = 1 }) => sum + share, 0);
  const regions = (written ?? []).map(({ name, share = 1, zone, rtt, url }, i): RegionPlan => {
    const path: Path = ["workload", "regions", i];
    if ((written ?? []).findIndex((other) => other.name === name) < i)
      fault(ctx, [...path, "name"], "PLAN_NAME", "another region has this name", "Give each region a name of its own.");
    if (url !== undefined) checkUrl(url, target, [...path, "url"], ctx);
    return {
      name,
      share: share / whole,
      ...(zone === undefined ? {} : { zone }),
      ...(rtt === undefined ? {} : { rtt }),
      ...(url === undefined ? {} : { url }),
    };
  });
  const failover = moved && {
    at: moved.at,
    from: moved.from,
    to: moved.to,
    ...(moved.for === undefined ? {} : { for: moved.for }),
    ...(moved.rtt === undefined ? {} : { rtt: moved.rtt }),
  };
  return {
    ...(written === undefined ? {} : { regions }),
    ...(failover === undefined || !isKnown(failover, regions, ctx) ? {} : { failover }),
  };
}

function isKnown(failover: FailoverPlan, regions: readonly RegionPlan[], ctx: Context): boolean {
  const { from, to } = failover;
  for (const [field, name] of Object.entries({ from, to }))
    knownRegion(name, ["workload", "failover", field], regions, ctx);
  if (from === to)
    fault(ctx, ["workload", "failover", "to"], "PLAN_CONFLICT", "users move to where they are", "Name another region.");
  return from !== to;
}

/** Faults a name that no region has. */
export function knownRegion(name: string, path: Path, regions: readonly RegionPlan[], ctx: Context): void {
  if (regions.some((region) => region.name === name)) return;
  const names = regions.map((region) => region.name).join(", ");
  fault(
    ctx,
    path,
    "PLAN_UNKNOWN_NAME",
    "no region of workload.regions has this name",
    names === "" ? "Add `workload: { regions: [...] }`." : `Use one of ${names}.`,
  );
}

/** Credentials, TLS and proxy are the target's, so the URL has to be of its kind. */
function checkUrl(url: string, target: Target | undefined, path: Path, ctx: Context): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) fault(ctx, path, "PLAN_URL", "this is no URL", "Write a whole URL.");
  else if (parsed.username !== "" || parsed.password !== "")
    fault(ctx, path, "PLAN_URL", "a region's URL has credentials", "Write them as headers of the target.");
  else if (target !== undefined && new URL(target.url).protocol !== parsed.protocol)
    fault(ctx, path, "PLAN_URL", "a region's URL has another scheme than the target's", "Write both in one scheme.");
  else if (target?.proxy !== undefined)
    fault(
      ctx,
      path,
      "PLAN_URL",
      "regions with a URL are asked directly, and the target is behind a proxy",
      "Set NO_PROXY for the target.",
    );
}

function fault(ctx: Context, path: Path, code: string, message: string, hint: string): void {
  ctx.findings.fault({ code, path, message, hint });
}
