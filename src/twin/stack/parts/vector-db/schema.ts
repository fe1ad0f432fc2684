import { z } from "zod";
import { refuse } from "../../../../plan/index.ts";
import { count, quantity, share, spread } from "../../fields.ts";
import { CENTRE_FIELDS } from "../kit/service-centre.ts";
import { instants } from "../kit/times.ts";

const vectors = () => count("Vectors", "Vectors in the index. Default: 1,000,000.").default(1_000_000);
const topK = () => count("Top k", "Hits that a query asks for. Default: 10.", 1, 100_000).default(10);
const ef = () => count("ef", "Candidate list of HNSW; lists probed of IVF. Default: 100.", 1, 1_000_000).default(100);
const filter = () =>
  share("Filter", "Share of the vectors that pass the query's filter.")
    .refine((value) => value > 0, "expected a share above zero")
    .default(1);

/** What was true when `service` was measured; what is left out is as the part has it. */
const measured = z
  .strictObject({
    vectors: count("Vectors", "Vectors in the index then.").optional(),
    topK: count("Top k", "Hits asked for then.", 1, 100_000).optional(),
    ef: count("ef", "Candidate list then.", 1, 1_000_000).optional(),
    filter: share("Filter", "Share that passed the filter then.")
      .refine((value) => value > 0, "expected a share above zero")
      .optional(),
  })
  .default({})
  .meta({ title: "Measured", description: "Where `service` was measured, if not at this size and these settings." });

export const vectorDbSchema = z
  .strictObject({
    kind: z.literal("vector-db"),
    service: spread("Service", "Time of a search at rest, warm, without the queue."),
    measured,
    index: z
      .enum(["hnsw", "ivf", "flat"])
      .default("hnsw")
      .meta({ title: "Index", description: "Kind of the index. Default: hnsw." }),
    vectors: vectors(),
    topK: topK(),
    ef: ef(),
    filter: filter(),
    perHit: quantity("duration", "Per hit", "Time to fetch one hit's payload. Default: 0.", "zero").default(0),
    cache: z
      .strictObject({
        entries: count("Entries", "Queries that it remembers, the least recently used forgotten first."),
        latency: spread("Latency", "Time of a hit. Default: 1ms.").default({ median: 1, sigma: 0 }),
        ttl: quantity("duration", "Time to live", "Age at which an entry is worthless. Default: none.").optional(),
      })
      .optional()
      .meta({ title: "Cache", description: "A query cache: the same prompt again is answered without a search." }),
    warmUp: z
      .strictObject({
        factor: z
          .number()
          .min(1)
          .max(10_000)
          .meta({ title: "Factor", description: "How many times as long the first search takes." }),
        queries: count("Queries", "Searches until 63 % of that is gone."),
      })
      .optional()
      .meta({ title: "Warm-up", description: "Page cache: searches after a start are slower until it is warm." }),
    restarts: instants("Restarts", "When it starts again, cold, its query cache empty."),
    writes: z
      .strictObject({
        perSecond: z
          .number()
          .positive()
          .max(1e7)
          .meta({ title: "Per second", description: "Vectors written a second." }),
        service: quantity("duration", "Service", "Time of a server that one write takes."),
      })
      .optional()
      .meta({
        title: "Writes",
        description: "Vectors written meanwhile: they take server time and make the index grow.",
      }),
    ...CENTRE_FIELDS,
  })
  .superRefine((spec, ctx) => {
    if (spec.writes === undefined || writeShare(spec.writes, spec.servers) < 1) return;
    refuse(ctx, {
      code: "PLAN_RANGE",
      message: "the writes alone take all servers",
      path: ["writes", "perSecond"],
      hint: "Write fewer a second, or give the part more servers.",
    });
  })
  .meta({ title: "Vector database", description: "Nearest-neighbour search, its caches and its writes." });

export type VectorDbSpec = z.output<typeof vectorDbSchema>;

/** Share of the servers' time that goes into writes. */
export function writeShare(writes: { readonly perSecond: number; readonly service: number }, servers: number): number {
  return (writes.perSecond * writes.service) / 1000 / servers;
}
