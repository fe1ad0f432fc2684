import { z } from "zod";
import { spread } from "../fields.ts";
import { draw } from "../spread.ts";
import type { Call, Flight, Part, PartContext, Reply } from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { plainFigures } from "./kit/failures.ts";
import { CENTRE_FIELDS, ServiceCentre } from "./kit/service-centre.ts";

const STAGES = ["auth", "guard", "tool", "rerank", "retrieve"] as const;

const schema = z
  .strictObject({
    kind: z.literal("station"),
    stage: z.enum(STAGES).meta({ title: "Stage", description: "What its time counts as." }),
    service: spread("Service", "Time that a call takes at rest, without the queue."),
    ...CENTRE_FIELDS,
  })
  .meta({ title: "Station", description: "Servers behind one queue: sign-on, guard rails, tools, rerankers." });

type StationSpec = z.output<typeof schema>;

/** An M/G/c station (under Poisson arrivals): a step on the way to an answer, which has no tokens of its own. */
class Station implements Part {
  readonly name: string;
  readonly models: readonly string[] = [];
  readonly load: Part["load"];
  readonly #centre: ServiceCentre;
  readonly #spec: StationSpec;

  constructor(spec: StationSpec, context: PartContext) {
    this.name = context.name;
    this.#spec = spec;
    this.#centre = new ServiceCentre(spec, context, spec.stage);
    this.load = this.#centre.load;
  }

  take(call: Call, reply: Reply): Flight {
    const { context } = this.#centre;
    return this.#centre.visit(call, {
      work: () => draw(this.#spec.service, context.random("service", call.id)),
      done: (at) => reply.done(at, plainFigures(call.prompt.tokens, 0)),
      failed: (at, failure) => reply.failed(at, failure),
    });
  }

  gauges() {
    return this.#centre.gauges();
  }
}

export const station: PartEntry<StationSpec> = {
  kind: "station",
  schema,
  links: () => [],
  build: (spec, context) => new Station(spec, context),
};
