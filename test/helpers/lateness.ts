export interface TwinLateness {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** ms by which a twin's writes came after their time so far, by its own metrics page. */
export async function latenessOf(url: string): Promise<TwinLateness> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const buckets = [...page.matchAll(/^plimsoll_twin_lateness_seconds_bucket\{le="([^"]+)"\} ([\d.]+)/gm)].map(
    ([, le, count]) => ({ le: Number(le?.replace("+Inf", "Infinity")) * 1000, count: Number(count) }),
  );
  const all = buckets.at(-1)?.count ?? 0;
  // Between two bounds of the histogram a share falls evenly.
  const at = (share: number): number => {
    const i = buckets.findIndex(({ count }) => count >= share * all);
    const [high, low] = [buckets[i], buckets[i - 1] ?? { le: 0, count: 0 }];
    if (high === undefined || all === 0) return Number.NaN;
    return low.le + ((share * all - low.count) / (high.count - low.count)) * (high.le - low.le);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
