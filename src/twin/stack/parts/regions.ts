import { textKey } from "../../answers/index.ts";
import { draw, meanOf, type Spread } from "../spread.ts";
import type { Call, Flight, Gauge, Part, PartContext, Reply } from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { Health } from "./regions/health.ts";
import { between, type RegionsSpec, regionsSchema, usersOf } from "./regions/schema.ts";
import { type Globe, REGION_COUNTS, Trip } from "./regions/trip.ts";

/** Users and parts in several places: each call goes to the nearest region that is well, and on to the next where that fails. */
class Regions implements Part, Globe {
  readonly name: string;
  readonly load: Part["load"];
  readonly spec: RegionsSpec;
  readonly context: PartContext;
  readonly counts = new Counts(REGION_COUNTS);
  inside = 0;
  readonly #users: ReadonlySet<string>;
  readonly #home: string;
  readonly #healths: ReadonlyMap<string, Health>;
  readonly #nearest = new Map<string, readonly string[]>();

  constructor(spec: RegionsSpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    this.#users = usersOf(spec);
    this.#home = spec.home ?? Object.keys(spec.to)[0] ?? "";
    this.#healths = new Map(Object.keys(spec.to).map((region) => [region, new Health(spec.health)]));
    const inside = (): number => this.inside;
    this.load = {
      waiting: 0,
      get running() {
        return inside();
      },
    };
  }

  get models(): readonly string[] {
    const lists = Object.values(this.spec.to).map((part) => this.context.part(part).models);
    return lists.some((list) => list.length === 0) ? [] : [...new Set(lists.flat())];
  }

  take(call: Call, reply: Reply): Flight {
    return new Trip(this, call, reply).begin();
  }

  gauges(): readonly Gauge[] {
    const { now } = this.context.kernel;
    return [
      gauge("running", this.inside),
      ...this.counts.gauges(),
      ...[...this.#healths].map(([region, health]) => gauge(`well.${region}`, health.well(now) ? 1 : 0)),
    ];
  }

  userRegion(call: Call): string {
    return call.region !== undefined && this.#users.has(call.region) ? call.region : this.#home;
  }

  /** Those that are well first, the nearest of them first; where none is, all count the same. */
  order(user: string, now: number): string[] {
    const nearest = this.#nearestTo(user);
    const well = nearest.filter((region) => this.#healths.get(region)?.well(now));
    return [...well, ...nearest.filter((region) => !well.includes(region))];
  }

  roundTrip(user: string, region: string, call: Call): number {
    return draw(this.#law(user, region), this.context.random("rtt", call.id, textKey(user), textKey(region)));
  }

  health(region: string): Health | undefined {
    return this.#healths.get(region);
  }

  #nearestTo(user: string): readonly string[] {
    const known = this.#nearest.get(user);
    if (known !== undefined) return known;
    const distance = (region: string): number => meanOf(this.#law(user, region));
    const order = Object.keys(this.spec.to).sort((a, b) => distance(a) - distance(b));
    this.#nearest.set(user, order);
    return order;
  }

  #law(user: string, region: string): Spread {
    const { rtt, local } = this.spec;
    return between(rtt, user, region) ?? local;
  }
}

export const regions: PartEntry<RegionsSpec> = {
  kind: "regions",
  schema: regionsSchema,
  links: ({ to }) => Object.entries(to).map(([region, part]) => ({ path: ["to", region], part })),
  build: (spec, context) => new Regions(spec, context),
};
