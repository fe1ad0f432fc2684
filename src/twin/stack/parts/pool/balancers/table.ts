import { leastOutstanding } from "./least-outstanding.ts";
import { powerOfTwo } from "./power-of-two.ts";
import { prefixAware } from "./prefix-aware.ts";
import { uniform } from "./random.ts";
import { roundRobin } from "./round-robin.ts";
import { sessionHash } from "./session-hash.ts";
import { sessionModulo } from "./session-modulo.ts";
import type { BalancerEntry } from "./types.ts";

export const BALANCERS: readonly [BalancerEntry, ...BalancerEntry[]] = [
  roundRobin,
  uniform,
  leastOutstanding,
  powerOfTwo,
  sessionHash,
  sessionModulo,
  prefixAware,
];
