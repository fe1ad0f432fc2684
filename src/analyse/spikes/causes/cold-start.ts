import { type Cause, type Clue, compare, type Scene, share, told } from "../spike.ts";

/** ms after its first request for which a replica counts as new. */
const NEW = 30_000;

export const coldStart: Cause = {
  name: "cold-start",
  because: "a server was only just starting",
  advice: {
    do: "Warm new replicas up before they take traffic, and start them earlier",
    why: "their first answers, or the time without them, are what is slow",
  },
  weigh(scene) {
    return newReplica(scene) ?? starting(scene);
  },
};

/** The slow attempts are on one replica, and it is new. */
function newReplica({ spike, facts }: Scene): Clue | undefined {
  const { replica } = spike.attempts;
  if (replica.name === undefined || replica.since === undefined || !(replica.slow >= 0.7)) return undefined;
  const age = spike.to * facts.width - replica.since;
  // Everything is new when the run begins.
  if (age > NEW || replica.since < NEW || replica.others > 0.5) return undefined;
  const words = `${Math.round(replica.slow * 100)} % of the slow attempts were answered by ${replica.name}, which had its first request ${Math.round(age / 1000)} s before`;
  return {
    weight: 0.95,
    component: replica.name,
    evidence: [told("share on one new replica", "ratio", replica, "for", words)],
  };
}

/** Fewer replicas were ready than wanted. */
function starting(scene: Scene): Clue | undefined {
  const clues = scene.servers.parts("replicas.wanted").flatMap((part): Clue[] => {
    const ready = scene.servers.of("replicas.ready", part);
    const wanted = scene.servers.of("replicas.wanted", part);
    if (ready === undefined || wanted === undefined) return [];
    const missing = compare(
      scene,
      wanted.map((value, i) => value - (ready[i] ?? Number.NaN)),
    );
    if (missing === undefined) return [];
    const weight = missing.slow > 0 && missing.others <= 0 ? 0.8 : share(0.2 * missing.slow);
    const words = `${missing.slow.toFixed(0)} replicas of ${part} were starting`;
    return [
      {
        weight,
        component: part,
        evidence: [told(`replicas starting at ${part}`, "replicas", missing, weight > 0.3 ? "for" : "against", words)],
      },
    ];
  });
  return clues.toSorted((a, b) => b.weight - a.weight)[0];
}
