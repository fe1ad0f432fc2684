import { application } from "./causes/application.ts";
import { batchLimit } from "./causes/batch-limit.ts";
import { cache } from "./causes/cache.ts";
import { coldStart } from "./causes/cold-start.ts";
import { connections } from "./causes/connections.ts";
import { contextGrowth } from "./causes/context-growth.ts";
import { decode } from "./causes/decode.ts";
import { dependency } from "./causes/dependency.ts";
import { failures } from "./causes/failures.ts";
import { gateway } from "./causes/gateway.ts";
import { generator } from "./causes/generator.ts";
import { imbalance } from "./causes/imbalance.ts";
import { kvCache } from "./causes/kv-cache.ts";
import { memory } from "./causes/memory.ts";
import { network } from "./causes/network.ts";
import { outputLength } from "./causes/output-length.ts";
import { pauses } from "./causes/pauses.ts";
import { prefill } from "./causes/prefill.ts";
import { queueing } from "./causes/queueing.ts";
import { rateLimit } from "./causes/rate-limit.ts";
import { retries } from "./causes/retries.ts";
import { sickReplica } from "./causes/sick-replica.ts";
import type { Cause } from "./types.ts";

/**
 * Everything that can give way, from the generator inwards. A cause that reads the stages inside the application (the folder's spans, by
 * `facts.query`) is one more file and one more line here: its readings are weighed like all others, and `explains` says which of them it accounts for.
 */
export const CAUSES: readonly Cause[] = [
  generator,
  network,
  connections,
  rateLimit,
  gateway,
  application,
  dependency,
  cache,
  retries,
  coldStart,
  sickReplica,
  imbalance,
  memory,
  kvCache,
  batchLimit,
  prefill,
  decode,
  contextGrowth,
  outputLength,
  pauses,
  queueing,
  failures,
];
