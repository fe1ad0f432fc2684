import type { AnswerProgress, Call, CallFigures, Failure, PartContext, Reply, Served, Timer } from "../../types.ts";
import { derive } from "../kit/derived-call.ts";
import type { Counts } from "../kit/gauges.ts";
import { Leg } from "../kit/leg.ts";
import { Run } from "../kit/run.ts";
import type { Health } from "./health.ts";
import type { RegionsSpec } from "./schema.ts";

export const REGION_COUNTS = ["requests", "failures", "failovers", "away"] as const;

/** What all calls of a set of regions share. */
export interface Globe {
  readonly name: string;
  readonly spec: RegionsSpec;
  readonly context: PartContext;
  readonly counts: Counts<(typeof REGION_COUNTS)[number]>;
  /** Calls that have come and not yet ended. */
  inside: number;
  /** Serving regions for a user, in the order in which they are asked. */
  order(user: string, now: number): string[];
  userRegion(call: Call): string;
  /** Round-trip time of this call, ms. */
  roundTrip(user: string, region: string, call: Call): number;
  health(region: string): Health | undefined;
}

/**
 * One call from a user to a region and back. Half of the round trip lies on the way there, half on everything that comes back, each token
 * included; that somebody left takes half of it to be known there, too.
 */
export class Trip extends Run implements Reply {
  readonly #part: Globe;
  readonly #call: Call;
  readonly #reply: Reply;
  readonly #user: string;
  readonly #left: string[];
  #region = "";
  #half = 0;
  #there: Timer | undefined;
  #leg: Leg | undefined;
  #arrived = false;

  constructor(part: Globe, call: Call, reply: Reply) {
    super();
    this.#part = part;
    this.#call = call;
    this.#reply = reply;
    this.#user = part.userRegion(call);
    this.#left = part.order(this.#user, part.context.kernel.now);
  }

  begin(): this {
    this.#part.inside++;
    this.#part.counts.add("requests");
    this.#depart();
    return this;
  }

  /** Of what has left there; what of it is still on the way counts too, once the first token is here. */
  override progress(): AnswerProgress | undefined {
    return this.#arrived ? this.#leg?.progress() : undefined;
  }

  served(at: number, served: Served): void {
    const headers = { ...served.headers, "x-region": this.#region };
    this.#back(at, (here) => this.#reply.served(here, { ...served, headers }));
  }

  firstToken(at: number): void {
    this.#part.health(this.#region)?.good();
    this.#back(at, (here) => {
      this.#arrived = true;
      this.#reply.firstToken(here);
    });
  }

  tokens(at: number, count: number): void {
    this.#back(at, (here) => this.#reply.tokens(here, count));
  }

  done(at: number, figures: CallFigures): void {
    this.#part.health(this.#region)?.good();
    this.#back(at, (here) => {
      this.#note(at, here, "down");
      this.end(() => this.#reply.done(here, figures));
    });
  }

  failed(at: number, failure: Failure): void {
    const { spec, context, name } = this.#part;
    const ill = spec.on.includes(failure.status);
    if (ill && this.#part.health(this.#region)?.bad(at)) {
      context.engine.event?.({ at, part: name, name: "region-ill", attributes: { region: this.#region } });
    }
    const again = ill && spec.failover && this.#left.length > 0 && this.#leg?.begun !== true;
    this.#back(at, (here) => {
      this.#note(at, here, "down", failure.code);
      if (again) {
        this.#part.counts.add("failovers");
        this.#depart();
      } else {
        this.end(() => {
          this.#part.counts.add("failures");
          this.#reply.failed(here, failure);
        });
      }
    });
  }

  protected release(): void {
    this.#part.inside--;
    this.#there?.cancel();
  }

  protected override left(): void {
    const leg = this.#leg;
    if (leg?.open !== true) return;
    const { kernel } = this.#part.context;
    kernel.at(kernel.now + this.#half, () => leg.cancel());
  }

  /** Sets out for the next region; there is one. */
  #depart(): void {
    const { context, spec, counts } = this.#part;
    const { kernel } = context;
    const region = this.#left.shift() ?? "";
    const from = kernel.now;
    this.#region = region;
    this.#half = this.#part.roundTrip(this.#user, region, this.#call) / 2;
    if (region !== this.#user) counts.add("away");
    const to = from + this.#half;
    this.#there = kernel.at(to, () => {
      this.#note(from, to, "up");
      const part = context.part(spec.to[region] ?? "");
      this.#leg = new Leg(this);
      this.#leg.start(part, derive(this.#call, { region }));
    });
  }

  /** What happens there at `at` is known here half a round trip later. */
  #back(at: number, tell: (here: number) => void): void {
    const here = at + this.#half;
    this.#part.context.kernel.at(here, () => {
      if (!this.over) tell(here);
    });
  }

  #note(from: number, to: number, direction: "up" | "down", error?: string): void {
    this.#call.span({
      stage: "network",
      part: this.#part.name,
      from,
      to,
      attributes: { direction, region: this.#region },
      ...(error === undefined ? {} : { error }),
    });
  }
}
