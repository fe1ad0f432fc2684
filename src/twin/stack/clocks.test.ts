import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Machine } from "../../../test/helpers/machine.ts";
import { type Outcome, type Session, sessionOn } from "../../../test/helpers/stack.ts";
import { randomStream } from "../../base/index.ts";
import { RealKernel } from "./real-kernel.ts";
import type { Kernel } from "./types.ts";
import { VirtualKernel } from "./virtual-kernel.ts";

const DESK = await readFile(
  fileURLToPath(new URL("../../../examples/stacks/rag-support-desk.yaml", import.meta.url)),
  "utf8",
);
const FAULTY = `parts: { llm: { kind: pool, preset: tiny, replicas: 3, cold: 1, balancer: prefix-aware, unready: hold,
  coldStart: { node: 2s, image: 1s, weights: 1s, init: { median: 2s, p99: 4s } },
  autoscale: { min: 2, max: 5, metric: queue, target: 2, sync: 3s, scrape: 2s },
  degrade: [ { do: clamp, tokens: 20, when: { waiting: "> 4" }, probability: 0.5 } ],
  faults: [ { do: crash, replica: 0, at: 9s, restart: { median: 3s, p99: 6s } }, { do: slow, replica: 1, factor: 3, at: 5s, for: 10s } ] } }`;

const END = 400_000;

function load<K extends Kernel>(life: Session<K>): Outcome[] {
  const random = randomStream(9, "clocks");
  let at = 0;
  return Array.from({ length: 150 }, (_, i) => {
    at -= Math.log(1 - random.next()) * 120;
    const shape = { tokens: 20 + Math.floor(600 * random.next()), out: 5 + Math.floor(80 * random.next()) };
    const leaves = i % 11 === 0 ? { leaves: at + 900 } : {};
    return life.ask({ at, ...shape, ...leaves, session: `s${i % 20}`, family: i % 4, shared: 256, everyToken: true });
  });
}

const story = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ firstTokenAt, endAt, failure, servedBy, counts }) => ({
    firstTokenAt,
    endAt,
    failure: failure?.code,
    replica: servedBy?.replica,
    counts,
  }));

test.each([
  ["a whole support desk", DESK],
  ["a pool with faults, a cold start and an autoscaler", FAULTY],
])("%s runs the same in real time as in virtual time, token for token, however late the machine is", (_, yaml) => {
  const virtual = sessionOn(new VirtualKernel(), yaml, { fastForward: false });
  const planned = load(virtual);
  virtual.kernel.run(END);

  const machine = new Machine();
  const real = sessionOn(new RealKernel(machine.clock, machine), yaml, {
    fastForward: false,
    // Every step costs the machine time of its own: it is late nearly always.
    sinks: () => ({ steps: { step: () => machine.spend(9) } }),
  });
  const happened = load(real);
  machine.run(END);

  expect(story(happened)).toEqual(story(planned));
  expect(real.events).toEqual(virtual.events);
  expect(real.kernel.lateness.quantile(0.5)).toBeGreaterThan(2);
  expect(planned.filter(({ ends }) => ends === 1).length).toBeGreaterThan(100);
});
