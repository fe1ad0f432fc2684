import type { ConceptName } from "../../../base/index.ts";
import { type Cause, type Clue, compare, rise, type Scene, share, told } from "../spike.ts";

interface Waiting {
  readonly waiting: ConceptName;
  readonly served: ConceptName;
}
interface Took {
  readonly time: ConceptName;
  readonly count: ConceptName;
}

const WAITING: readonly Waiting[] = [
  { waiting: "store.waiting", served: "store.queries" },
  { waiting: "connections.waiting", served: "server.requests" },
];
const TOOK: readonly Took[] = [
  { time: "store.query.ms", count: "store.query.count" },
  { time: "store.queue.ms", count: "store.queue.count" },
  { time: "gateway.overhead.ms", count: "gateway.overhead.count" },
];

export const dependency: Cause = {
  name: "dependency",
  because: "something that the answer needs was slow",
  advice: {
    do: "Look at that dependency at this time, and give it a timeout and a fallback",
    why: "the model had nothing to do with it",
  },
  weigh(scene) {
    if (scene.spike.latency === "itl") return undefined;
    const clues = [
      ...WAITING.flatMap((entry) => waitingAt(scene, entry)),
      ...TOOK.flatMap((entry) => tookAt(scene, entry)),
    ];
    return clues.toSorted((a, b) => b.weight - a.weight)[0];
  },
};

function waitingAt(scene: Scene, { waiting, served }: Waiting): readonly Clue[] {
  return scene.servers.parts(waiting).flatMap((part) => {
    const queued = compare(scene, scene.servers.of(waiting, part));
    const rate = compare(scene, scene.servers.of(served, part) ?? scene.facts.load.ended);
    if (queued === undefined || rate === undefined) return [];
    const added = queued.slow - queued.others;
    const wait = added > 0.5 && rate.others > 0 ? (added / rate.others) * 1000 : 0;
    const weight = share(wait / rise(scene));
    const words = `up to ${queued.slow.toFixed(1)} waited at ${part}, ${queued.others.toFixed(1)} around`;
    return [
      {
        weight,
        component: part,
        evidence: [told(`${waiting} of ${part}`, "requests", queued, weight > 0.3 ? "for" : "against", words)],
      },
    ];
  });
}

function tookAt(scene: Scene, { time, count }: Took): readonly Clue[] {
  return scene.servers.parts(time).flatMap((part) => {
    const [total, calls] = [scene.servers.of(time, part), scene.servers.of(count, part)];
    if (total === undefined || calls === undefined) return [];
    const each = compare(
      scene,
      total.map((value, i) => ((calls[i] ?? 0) > 0 ? value / (calls[i] ?? 1) : Number.NaN)),
    );
    if (each === undefined) return [];
    const weight = share((each.slow - each.others) / rise(scene));
    const words = `${part} took up to ${Math.round(each.slow)} ms a call, ${Math.round(each.others)} ms around`;
    return [
      {
        weight,
        component: part,
        evidence: [told(`${time} of ${part}, a call`, "ms", each, weight > 0.3 ? "for" : "against", words)],
      },
    ];
  });
}
