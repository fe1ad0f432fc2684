import { z } from "zod";
import { refuse } from "../../../../plan/index.ts";
import { count, flag, partName, quantity, spread, text } from "../../fields.ts";
import type { Spread } from "../../spread.ts";
import { PASSING_STATUSES } from "../kit/failures.ts";
import { failStatus } from "../kit/times.ts";

const region = () => text("Region", "Name of a region.", 64);

export const regionsSchema = z
  .strictObject({
    kind: z.literal("regions"),
    to: z
      .record(region(), partName("Part", "The part that serves the region."))
      .meta({ title: "To", description: "The part of each region that has one." }),
    rtt: z
      .record(region(), z.record(region(), spread("Round trip", "Round-trip time between the two.")))
      .default({})
      .meta({ title: "Round trips", description: "From each region to each; one direction is enough." }),
    local: spread("Local", "Round-trip time within a region. Default: 2ms.").default({ median: 2, sigma: 0 }),
    home: region().optional(),
    failover: flag("Failover", "Whether the next nearest region is asked where one fails. Default: true.").default(
      true,
    ),
    on: z
      .array(failStatus("Status", "A status after which the next region is asked."))
      .default([...PASSING_STATUSES])
      .meta({ title: "On", description: "Statuses that count as a region's failure. Default: what passes by itself." }),
    health: z
      .strictObject({
        failures: count("Failures", "Failures in a row after which a region counts as ill.").default(3),
        delay: quantity(
          "duration",
          "Delay",
          "Until that is known everywhere (checks, DNS). Default: 10s.",
          "zero",
        ).default(10_000),
        recover: quantity("duration", "Recover", "How long it then gets no calls. Default: 30s.").default(30_000),
      })
      .optional()
      .meta({
        title: "Health",
        description: "Takes calls away from a region that fails. Default: every call asks anew.",
      }),
  })
  .superRefine((spec, ctx) => {
    const serving = Object.keys(spec.to);
    if (serving.length === 0) {
      refuse(ctx, { code: "PLAN_MISSING", message: "no region has a part", path: ["to"], hint: "Add `REGION: PART`." });
    }
    const users = usersOf(spec);
    const told = new Set<string>();
    for (const user of users) {
      for (const there of serving) {
        if (user === there || between(spec.rtt, user, there) !== undefined || told.has(`${there} ${user}`)) continue;
        told.add(`${user} ${there}`);
        refuse(ctx, {
          code: "PLAN_MISSING",
          message: `there is no round-trip time between ${user} and ${there}`,
          path: ["rtt"],
          hint: `Add \`${user}: { ${there}: 90ms }\` to rtt.`,
        });
      }
    }
    if (spec.home !== undefined && !users.has(spec.home)) {
      refuse(ctx, {
        code: "PLAN_UNKNOWN_VALUE",
        message: `there is no region ${spec.home}`,
        path: ["home"],
        hint: `Use one of ${[...users].join(", ")}.`,
      });
    }
  })
  .meta({ title: "Regions", description: "Users and parts in several places, with the distance between them." });

export type RegionsSpec = z.output<typeof regionsSchema>;

/** Every region that users can be in. */
export function usersOf(spec: Pick<RegionsSpec, "to" | "rtt">): ReadonlySet<string> {
  return new Set([...Object.keys(spec.to), ...Object.keys(spec.rtt), ...Object.values(spec.rtt).flatMap(Object.keys)]);
}

export function between(rtt: RegionsSpec["rtt"], a: string, b: string): Spread | undefined {
  return rtt[a]?.[b] ?? rtt[b]?.[a];
}
