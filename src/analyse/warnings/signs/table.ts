import type { Sign } from "../sign.ts";
import { gaps } from "./gaps.ts";
import { kvHeadroom } from "./kv-headroom.ts";
import { queue } from "./queue.ts";
import { retries } from "./retries.ts";
import { slowing } from "./slowing.ts";
import { gapTail, tail } from "./tail.ts";
import { truncation } from "./truncation.ts";

export const SIGNS: readonly Sign[] = [tail, gapTail, gaps, queue, kvHeadroom, retries, truncation, slowing];
