import { randomStream } from "../base/index.ts";
import type { TenantsPlan } from "../plan/index.ts";
import { userOf } from "./users.ts";

/**
 * The tenant of a session: the k-th of `count` with a chance in proportion to 1/k^exponent (Zipf 1949). A user's sessions all belong to one.
 */
export function tenantOf({ count, exponent }: TenantsPlan, seed: number): (session: number) => string {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += (k + 1) ** -exponent;
    sums[k] = sum;
  }
  return (session) => {
    const goal = randomStream(seed, "tenant", userOf(session)).next() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > goal) high = middle;
      else low = middle + 1;
    }
    return `tenant-${low + 1}`;
  };
}
