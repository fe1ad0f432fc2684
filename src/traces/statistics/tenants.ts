const MOST = 1_000_000;
const TOPS = [1, 5, 10] as const;

/** How the requests spread over those who send them. */
export interface TenantStatistics {
  readonly tenants: number;
  /** Share of the requests of the busiest tenants. */
  readonly top: readonly { readonly tenants: number; readonly share: number }[];
}

export class Tenants {
  readonly #requests = new Map<string, number>();
  #all = 0;

  add(tenant: string): void {
    this.#all++;
    const known = this.#requests.get(tenant);
    if (known !== undefined || this.#requests.size < MOST) this.#requests.set(tenant, (known ?? 0) + 1);
  }

  result(): TenantStatistics | undefined {
    if (this.#all === 0) return undefined;
    const sorted = [...this.#requests.values()].sort((a, b) => b - a);
    const top = TOPS.filter((tenants) => tenants <= sorted.length).map((tenants) => ({
      tenants,
      share: sorted.slice(0, tenants).reduce((sum, count) => sum + count, 0) / this.#all,
    }));
    return { tenants: sorted.length, top };
  }
}
