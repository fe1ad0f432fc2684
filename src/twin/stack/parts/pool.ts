import type { PartEntry } from "./entry.ts";
import { Pool } from "./pool/pool.ts";
import { type PoolSpec, poolSchema } from "./pool/spec.ts";

/** Replicas of one LLM engine behind a balancer. */
export const pool: PartEntry<PoolSpec> = {
  kind: "pool",
  schema: poolSchema,
  links: ({ degrade }) =>
    degrade.flatMap(({ target }, i) => (target === undefined ? [] : [{ path: ["degrade", i, "to"], part: target }])),
  build: (spec, context) => new Pool(spec, context),
};
