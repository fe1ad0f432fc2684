import { z } from "zod";
import { times } from "./distribution.ts";
import { quantity, text } from "./fields.ts";

export const zone = z
  .string()
  .regex(/^[+-]\d{1,2}(:[0-5]\d)?$/)
  .meta({
    title: "Zone",
    description: "The users' clock against the run's: +9, -5:30. Default: +0, or that of the part's region.",
    samples: ["+9", "-5:30"],
  })
  .optional();

const rtt = (description: string) => times("Round trip", description);

export const regionsSchema = z
  .array(
    z.strictObject({
      name: text("Name", "Name of the region, {{region}} in a request.", 64),
      share: quantity(
        "share",
        "Share",
        "Of the users of loads that name no region; shares count against their sum. Default: 100%, the same for all.",
      ).optional(),
      zone,
      rtt: rtt(
        "Round trip between its users and the target that is added at the client, drawn once a user. Default: none.",
      ).optional(),
      url: text("URL", "Where its users ask, in place of the target's URL.", 4096).optional(),
    }),
  )
  .min(1)
  .max(1000)
  .meta({ title: "Regions", description: "Where users are: their shares, clocks and round trips." });

export const failoverSchema = z
  .strictObject({
    at: quantity("duration", "At", "When it happens, from the run's start.", "zero"),
    from: text("From", "Region whose users move: sessions that begin from then on.", 64),
    to: text("To", "Region whose target they ask from then on.", 64),
    for: quantity("duration", "For", "After this time they go back. Default: never.").optional(),
    rtt: rtt("Round trip of those who moved. Default: that of the region they moved to.").optional(),
  })
  .meta({ title: "Failover", description: "The users of one region move to another at a time of the run." });
