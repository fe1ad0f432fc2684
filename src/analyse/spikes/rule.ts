import { formatMs } from "../../base/index.ts";
import { Servers } from "../bottleneck/scene/servers.ts";
import type { Column, Facts } from "../facts/types.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Evidence, Finding } from "../verdict/schema.ts";
import { attemptsOf } from "./attempts.ts";
import { stretchesIn } from "./detect.ts";
import { ENOUGH, type Explained, explain } from "./explain.ts";
import type { Latency, Spike } from "./spike.ts";

const ID = "spike";
/** Answers that have to be slow together: one slow answer is no spike. */
const TOGETHER = 3;
/** ms above the usual, from which on a spike that many met is worse than a nuisance. */
const GRAVE = 1000;
/** Spikes that are looked into, the greatest first. */
const MOST = 100;
/** Spikes that are told one by one; the rest is told in one finding. */
const TOLD = 8;

interface Watched {
  readonly latency: Latency;
  readonly column: (facts: Facts) => Column;
  /** ms above the usual that nobody would notice. */
  readonly least: number;
  readonly what: string;
}

const WATCHED: readonly Watched[] = [
  { latency: "ttft", column: ({ client }) => client.ttftP95, least: 200, what: "The time to the first token" },
  { latency: "itl", column: ({ client }) => client.itlP99, least: 200, what: "The gap between tokens" },
];

/** Short rises of latency, each with what made it, or with why that cannot be told. */
export const spikesRule: Rule = {
  id: ID,
  async look(facts): Promise<RuleResult> {
    const spikes: Spike[] = [];
    for (const { latency, column, least } of WATCHED) {
      const stretches = stretchesIn(column(facts), least)
        .toSorted((a, b) => (b.peak - b.usual) * (b.to - b.from) - (a.peak - a.usual) * (a.to - a.from))
        .slice(0, MOST);
      const attempts = await attemptsOf(facts, latency, stretches);
      for (const [i, stretch] of stretches.entries()) {
        const own = attempts[i];
        if (own !== undefined && own.slow >= TOGETHER) spikes.push({ ...stretch, latency, attempts: own });
      }
    }
    const servers = new Servers(facts.servers);
    const ranked = distinct(spikes).toSorted((a, b) => size(b) - size(a));
    const explained = ranked.map((spike) => explain({ facts, servers, spike }));
    const findings = explained.slice(0, TOLD).toSorted((a, b) => a.scene.spike.from - b.scene.spike.from);
    return {
      findings: [...findings.map((one, i) => findingOf(one, i + 1)), ...restOf(explained.slice(TOLD))],
      lacks: ranked.length > 0 && facts.servers.length === 0 ? [NO_SERVERS] : [],
    };
  },
};

const NO_SERVERS = {
  rule: ID,
  needs: "the servers' own series (queue, KV memory, replicas)",
  hint: "Add `observe: { prometheus: [...] }`: from outside, a queue and a pause look alike.",
};

function size({ peak, usual, attempts }: Spike): number {
  return (peak - usual) * attempts.slow;
}

/** Of a pause, first tokens and gaps tell alike: the greater of two spikes at one time is kept. */
function distinct(spikes: readonly Spike[]): readonly Spike[] {
  return spikes.filter(
    (spike) =>
      !spikes.some(
        (other) => other !== spike && other.from < spike.to && spike.from < other.to && size(other) > size(spike),
      ),
  );
}

function findingOf({ scene, clues, cause }: Explained, number: number): Finding {
  const { spike, facts } = scene;
  const watched = WATCHED.find(({ latency }) => latency === spike.latency);
  const [first, second] = clues;
  const rose = `${watched?.what ?? "Latency"} rose from ${formatMs(spike.usual)} to ${formatMs(spike.peak)}`;
  const why =
    cause !== undefined
      ? `because ${cause.because}`
      : first !== undefined && first.weight >= ENOUGH && second !== undefined
        ? `and it cannot be told whether because ${first.cause.because} or because ${second.cause.because}`
        : "and nothing that was measured explains it";
  const load = facts.load.asked[spike.from];
  return {
    id: `${ID}.${cause?.name ?? "unexplained"}:${first?.component ?? "target"}:${number}`,
    kind: `${ID}.${cause?.name ?? "unexplained"}`,
    severity:
      cause === undefined ? "info" : spike.attempts.slow >= 20 && spike.peak > spike.usual + GRAVE ? "medium" : "low",
    title: `${rose} for ${Math.round(((spike.to - spike.from) * facts.width) / 1000)} s, ${why}.`,
    component: (cause === undefined ? undefined : first?.component) ?? "target",
    from: spike.from * facts.width,
    to: spike.to * facts.width,
    ...(load === undefined || Number.isNaN(load) ? {} : { loadAtOnset: load }),
    evidence: [riseOf(spike), ...clues.flatMap(({ evidence }) => evidence)],
    confidence: cause === undefined ? 0.3 : Math.min(0.9, 0.4 + 0.5 * (first?.weight ?? 0)),
    advice:
      cause === undefined
        ? []
        : [{ ...cause.advice, retest: `the same load: ${spike.latency} in the second of its greatest rise` }],
  };
}

function riseOf({ latency, usual, peak, attempts }: Spike): Evidence {
  return {
    measure: latency === "ttft" ? "ttft.p95" : "itl.p99",
    unit: "ms",
    before: usual,
    after: peak,
    speaks: "for",
    test: "local median and MAD of the logarithm, 5 robust standard deviations",
    effect: peak / usual,
    samples: attempts.all,
    words: `${attempts.slow} of ${attempts.all} answers in that time were slow`,
  };
}

const UNKNOWN = "of a cause that was not measured";

function restOf(rest: readonly Explained[]): readonly Finding[] {
  const [first] = rest;
  if (first === undefined) return [];
  const { width } = first.scene.facts;
  const counts = new Map<string, number>();
  for (const { cause } of rest) {
    const why = cause === undefined ? UNKNOWN : `because ${cause.because}`;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  const list = [...counts].toSorted(([, a], [, b]) => b - a);
  return [
    {
      id: `${ID}.more:target:1`,
      kind: `${ID}.more`,
      severity: "info",
      title: `Latency rose for a moment ${rest.length} more times, less than these; mostly ${list[0]?.[0] ?? ""}.`,
      component: "target",
      from: Math.min(...rest.map(({ scene }) => scene.spike.from)) * width,
      to: Math.max(...rest.map(({ scene }) => scene.spike.to)) * width,
      evidence: list.map(([why, count]) => ({
        measure: "spikes",
        unit: "spikes",
        after: count,
        speaks: "for",
        words: `${count}: ${why}`,
      })),
      confidence: 0.6,
      advice: [],
    },
  ];
}
