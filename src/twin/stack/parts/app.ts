import type { Call, Flight, Gauge, Part, PartContext, Reply } from "../types.ts";
import { type AppSpec, appSchema, type Step } from "./app/schema.ts";
import { APP_COUNTS, Visit, type Workshop } from "./app/visit.ts";
import type { PartEntry, PartLink } from "./entry.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { loadOf } from "./kit/service-centre.ts";
import { Slots } from "./kit/slots.ts";

/** An application before a model: retrieval, tools, agents, its own computing and its own workers. */
class App implements Part, Workshop {
  readonly name: string;
  readonly load: Part["load"];
  readonly spec: AppSpec;
  readonly context: PartContext;
  readonly workers: Slots;
  readonly cores: Slots;
  readonly counts = new Counts(APP_COUNTS);

  constructor(spec: AppSpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    this.workers = new Slots(spec.concurrency ?? Number.POSITIVE_INFINITY, spec.queue);
    this.cores = new Slots(spec.cores ?? Number.POSITIVE_INFINITY);
    this.load = loadOf(this.workers);
  }

  get models(): readonly string[] {
    return this.context.part(this.spec.to).models;
  }

  take(call: Call, reply: Reply): Flight {
    return new Visit(this, call, reply).begin();
  }

  gauges(): readonly Gauge[] {
    const { workers, cores } = this;
    return [
      gauge("queue", workers.waiting),
      gauge("running", workers.running),
      gauge("cores.queue", cores.waiting),
      gauge("cores.running", cores.running),
      ...this.counts.gauges(),
    ];
  }
}

function linksOf(step: Step, path: readonly (string | number)[]): PartLink[] {
  if ("parallel" in step) return step.parallel.flatMap((each, lane) => linksOf(each, [...path, "parallel", lane]));
  if ("call" in step) return [{ path: [...path, "call"], part: step.call }];
  const { to, tools } = step.loop;
  return [
    ...(to === undefined ? [] : [{ path: [...path, "loop", "to"], part: to }]),
    ...tools.map((tool, index) => ({ path: [...path, "loop", "tools", index, "call"], part: tool.call })),
  ];
}

export const app: PartEntry<AppSpec> = {
  kind: "app",
  schema: appSchema,
  links: ({ to, steps }) => [
    { path: ["to"], part: to },
    ...steps.flatMap((step, index) => linksOf(step, ["steps", index])),
  ],
  build: (spec, context) => new App(spec, context),
};
