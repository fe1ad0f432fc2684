import { ANSWER_WEAKNESSES } from "./answers.ts";
import { ENGINE_WEAKNESSES } from "./engines.ts";
import { FRONT_WEAKNESSES } from "./fronts.ts";
import { MIDDLE_WEAKNESSES } from "./middles.ts";
import { POOL_WEAKNESSES } from "./pools.ts";
import { ROUTE_WEAKNESSES } from "./routes.ts";
import type { Weakness } from "./types.ts";

/** In the order of the list: from the engine outwards. */
export const WEAKNESSES: readonly Weakness[] = [
  ...ENGINE_WEAKNESSES,
  ...POOL_WEAKNESSES,
  ...MIDDLE_WEAKNESSES,
  ...ROUTE_WEAKNESSES,
  ...FRONT_WEAKNESSES,
  ...ANSWER_WEAKNESSES,
];
