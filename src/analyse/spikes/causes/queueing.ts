import { type Cause, type Clue, compare, rise, type Scene, share, told } from "../spike.ts";

export const queueing: Cause = {
  name: "queueing",
  because: "requests queued",
  advice: {
    do: "Add places in the batch or replicas, or smooth the burst",
    why: "the wait is for a place, not for the work",
  },
  weigh(scene) {
    if (scene.spike.latency === "itl") return undefined;
    const parts = scene.servers.parts("server.queued");
    const [most] = parts.flatMap((part) => queueAt(scene, part) ?? []).toSorted((a, b) => b.weight - a.weight);
    return most ?? burst(scene);
  },
};

/** The wait that a queue makes, by Little's law: those in it over those that leave a second. */
function queueAt(scene: Scene, part: string): Clue | undefined {
  const { facts, servers, spike } = scene;
  const queued = compare(scene, servers.of("server.queued", part));
  const served = compare(scene, servers.of("server.requests", part) ?? facts.load.ended);
  if (queued === undefined) return undefined;
  const added = queued.slow - queued.others;
  const wait = added > 0.5 && served !== undefined && served.others > 0 ? (added / served.others) * 1000 : 0;
  const weight = share(wait / rise(scene)) * (spike.attempts.slow > 0 ? 1 : 0);
  const words = `up to ${queued.slow.toFixed(1)} requests queued at ${part}, ${queued.others.toFixed(1)} around: about ${Math.round(wait)} ms of waiting`;
  return {
    weight,
    component: part,
    evidence: [told(`server.queued of ${part}`, "requests", queued, weight > 0.3 ? "for" : "against", words)],
  };
}

/** Without a server's own figure only a burst of arrivals hints at a queue. */
function burst(scene: Scene): Clue | undefined {
  const started = compare(scene, scene.facts.load.started);
  if (started === undefined) return undefined;
  const weight = 0.5 * share(started.slow / Math.max(started.others, 1) - 1);
  const words = `up to ${started.slow.toFixed(1)} attempts a second began, ${started.others.toFixed(1)} around; no server told of its queue`;
  return { weight, evidence: [told("attempts begun", "1/s", started, weight > 0.3 ? "for" : "against", words)] };
}
