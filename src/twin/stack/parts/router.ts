import { textKey } from "../../answers/index.ts";
import { draw } from "../spread.ts";
import type { Call, CallFigures, Failure, Flight, Gauge, Part, PartContext, Reply, Timer } from "../types.ts";
import type { PartEntry, PartLink } from "./entry.ts";
import { derive } from "./kit/derived-call.ts";
import { failureOf } from "./kit/failures.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { Leg } from "./kit/leg.ts";
import { Lru } from "./kit/lru.ts";
import { Relay } from "./kit/relay.ts";
import { Breaker, type Verdict } from "./router/breaker.ts";
import { choose, costOf } from "./router/choose.ts";
import { partsOf, type RouterSpec, routerSchema, type Target } from "./router/schema.ts";

const NAMES = ["requests", "failures", "fallbacks", "skipped", "cost"] as const;
/** Sessions that are remembered as belonging to a part. */
const MOST_SESSIONS = 100_000;

/** Chooses a part for each call; tries others in turn where it fails before its first token. */
class Router implements Part {
  readonly name: string;
  readonly models: readonly string[];
  readonly load: Part["load"];
  readonly spec: RouterSpec;
  readonly context: PartContext;
  readonly counts = new Counts(NAMES);
  readonly sent = new Map<string, number>();
  readonly #breakers = new Map<string, Breaker>();
  readonly #sessions = new Lru<string, string>(MOST_SESSIONS);
  running = 0;

  constructor(spec: RouterSpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    // What else is asked for goes where `otherwise` says.
    this.models = spec.otherwise === undefined ? namedModels(spec) : [];
    for (const part of targetsOf(spec)) {
      this.sent.set(part, 0);
      if (spec.breaker === undefined) continue;
      const tell = (open: boolean, at: number): void => {
        const event = { at, part: this.name, name: open ? "breaker-open" : "breaker-closed", attributes: { to: part } };
        context.engine.event?.(event);
      };
      this.#breakers.set(part, new Breaker(spec.breaker, tell));
    }
    const running = (): number => this.running;
    this.load = {
      waiting: 0,
      get running() {
        return running();
      },
    };
  }

  take(call: Call, reply: Reply): Flight {
    return new Route(this, call, reply).begin();
  }

  gauges(): readonly Gauge[] {
    const { now } = this.context.kernel;
    return [
      gauge("running", this.running),
      ...this.counts.gauges(),
      ...[...this.sent].map(([part, value]): Gauge => ({ name: `sent.${part}`, kind: "counter", value })),
      ...[...this.#breakers].map(([part, breaker]) => gauge(`breaker.${part}`, breaker.state(now))),
    ];
  }

  breaker(part: string): Breaker | undefined {
    return this.#breakers.get(part);
  }

  /** The part that the call should go to first. */
  chosen(call: Call): { readonly part: string; readonly rule: number } | undefined {
    const { spec, context } = this;
    const kept = spec.sticky ? this.#sessions.get(call.session) : undefined;
    if (kept !== undefined) return { part: kept, rule: STICKY };
    const choice = choose(call, {
      spec,
      load: (part) => context.part(part).load,
      random: context.random("split", spec.sticky ? textKey(call.session) : call.id),
    });
    if (spec.sticky && choice !== undefined) this.#sessions.set(call.session, choice.part);
    return choice;
  }
}

/** Stands for the number of the rule where the session decided. */
const STICKY = -2;

class Route extends Relay<Router> {
  #timer: Timer | undefined;
  #to = "";
  #left: string[] = [];
  #tell: ((verdict: Verdict, at: number) => void) | undefined;

  constructor(part: Router, call: Call, reply: Reply) {
    super(part, call, reply, part.counts);
  }

  begin(): this {
    const { spec, counts, context } = this.part;
    this.part.running++;
    counts.add("requests");
    const at = this.from + draw(spec.time, context.random("time", this.call.id));
    if (at > this.from) this.#timer = context.kernel.at(at, () => this.#choose(at));
    else this.#choose(at);
    return this;
  }

  override firstToken(at: number): void {
    this.#verdict("good", at);
    this.reply.firstToken(at);
  }

  override done(at: number, figures: CallFigures): void {
    const { counts, spec } = this.part;
    this.#verdict("good", at);
    counts.add("cost", costOf(spec, this.#to, figures.inputTokens, figures.outputTokens));
    this.end(() => this.reply.done(at, figures));
  }

  override failed(at: number, failure: Failure): void {
    const passing = this.part.spec.on.includes(failure.status);
    // A part that refuses a bad call works as it should.
    this.#verdict(passing ? "bad" : "good", at);
    if (!passing || this.leg?.begun === true || this.#left.length === 0) this.fail(at, failure);
    else this.#next(at, failure);
  }

  protected release(): void {
    this.part.running--;
    this.#timer?.cancel();
    this.leg?.cancel();
    this.#verdict("left", this.part.context.kernel.now);
  }

  #choose(at: number): void {
    const { spec, name } = this.part;
    const choice = this.part.chosen(this.call);
    if (choice === undefined) {
      this.fail(at, failureOf(name, 404, `no rule says where ${this.call.model} is served`));
      return;
    }
    this.#note(at, choice);
    this.#left = [choice.part, ...spec.fallback.filter((part) => part !== choice.part)];
    this.#next(at, failureOf(name, 503, "the breakers of all parts are open", { code: "circuit_open" }));
  }

  /** Goes to the next part that may be tried; `cause` is what the call fails with where none is left. */
  #next(at: number, cause: Failure): void {
    const { context, counts, sent } = this.part;
    for (let part = this.#left.shift(); part !== undefined; part = this.#left.shift()) {
      const breaker = this.part.breaker(part);
      const tell = breaker?.ask(at);
      if (breaker !== undefined && tell === undefined) {
        counts.add("skipped");
        continue;
      }
      if (this.leg !== undefined) counts.add("fallbacks");
      sent.set(part, (sent.get(part) ?? 0) + 1);
      this.#tell = tell;
      this.#to = part;
      const target = context.part(part);
      const leg = new Leg(this);
      this.leg = leg;
      leg.start(target, namedFor(target, this.call));
      return;
    }
    this.fail(at, cause);
  }

  #verdict(verdict: Verdict, at: number): void {
    const tell = this.#tell;
    this.#tell = undefined;
    tell?.(verdict, at);
  }

  #note(to: number, choice: { readonly part: string; readonly rule: number }): void {
    const attributes = { to: choice.part, rule: choice.rule };
    this.call.span({ stage: "route", part: this.part.name, from: this.from, to, attributes });
  }
}

/** A part that answers for certain models is asked for one of them. */
function namedFor(target: Part, call: Call): Call {
  const [first] = target.models;
  return first === undefined || target.models.includes(call.model) ? call : derive(call, { model: first });
}

function namedModels(spec: RouterSpec): string[] {
  const lists = spec.rules.map((rule) => rule.when.model);
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flatMap((list) => list ?? []))] : [];
}

function targetsOf(spec: RouterSpec): Set<string> {
  const targets = spec.rules.flatMap((rule) => partsOf(rule.to));
  return new Set([...targets, ...(spec.otherwise === undefined ? [] : partsOf(spec.otherwise)), ...spec.fallback]);
}

function linksTo(to: Target, path: readonly (string | number)[]): PartLink[] {
  return partsOf(to).map((part, index) => {
    const ends = { one: [], split: ["split", part], least: ["least", index], cheapest: ["cheapest", index] };
    return { path: [...path, ...ends[to.kind]], part };
  });
}

export const router: PartEntry<RouterSpec> = {
  kind: "router",
  schema: routerSchema,
  links: ({ rules, otherwise, fallback, prices }) => [
    ...rules.flatMap((rule, index) => linksTo(rule.to, ["rules", index, "to"])),
    ...(otherwise === undefined ? [] : linksTo(otherwise, ["otherwise"])),
    ...fallback.map((part, index) => ({ path: ["fallback", index], part })),
    ...Object.keys(prices).map((part) => ({ path: ["prices", part], part })),
  ],
  build: (spec, context) => new Router(spec, context),
};
