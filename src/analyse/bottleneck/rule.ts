import { adviceOf, type Waiting } from "../advice/advice.ts";
import type { Facts } from "../facts/types.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Finding, Lack } from "../verdict/schema.ts";
import { type Named, nameFirst } from "./first.ts";
import { stayOf } from "./scene/places.ts";
import { type Scene, sceneOf } from "./scene/scene.ts";
import { CAUSES } from "./table.ts";
import { type Looked, lookAll, type Weighed, weigh } from "./weigh.ts";

const ID = "bottleneck";

/** Which resource gives way first, why, and what else might. */
export const bottleneck: Rule = {
  id: ID,
  look: lookAtCauses,
};

async function lookAtCauses(facts: Facts): Promise<RuleResult> {
  const scene = await sceneOf(facts);
  const looked = lookAll(scene, CAUSES);
  const weighed = weigh(looked);
  const named = nameFirst(scene, weighed);
  const findings = findingsOf(scene, named);
  const [first] = findings;
  return {
    findings,
    lacks: named.first === undefined && named.runnersUp.length === 0 ? [] : lacksOf(looked),
    bottleneck: {
      ...(first === undefined || named.cannotTell !== undefined ? {} : { first: first.id }),
      runnersUp: named.runnersUp.map(({ cause, reading, probability, effectOf }) => ({
        kind: `${ID}.${cause.name}`,
        component: reading.component,
        confidence: probability,
        words: effectOf === undefined ? reading.title : `${reading.title} ${followsFrom(effectOf, named.first)}`,
      })),
      ...(named.cannotTell === undefined ? {} : { cannotTell: named.cannotTell }),
    },
  };
}

function followsFrom(cause: string, first: Weighed | undefined): string {
  return cause === first?.cause.name
    ? "It follows from what gives way first."
    : `It follows from ${cause.replaceAll("-", " ")}.`;
}

function findingsOf(scene: Scene, { first, confidence, beside, cannotTell }: Named): readonly Finding[] {
  if (first === undefined) return [];
  const { broke } = scene.harm;
  const severity = !broke ? "low" : cannotTell === undefined ? "high" : "medium";
  const others = beside.map((one) => findingOf(scene, one, broke ? "medium" : "low", one.probability / 2));
  return [findingOf(scene, first, severity, confidence), ...others];
}

function findingOf(
  scene: Scene,
  { cause, reading }: Weighed,
  severity: Finding["severity"],
  confidence: number,
): Finding {
  const { facts, harm, strained } = scene;
  const onset = reading.onset ?? harm.since ?? strained[0] ?? 0;
  const load = facts.load.asked[onset] ?? Number.NaN;
  const last = strained.at(-1) ?? onset;
  return {
    id: `${ID}.${cause.name}/${reading.component}/1`,
    kind: `${ID}.${cause.name}`,
    severity,
    title: reading.title,
    component: reading.component,
    from: onset * facts.width,
    to: (Math.max(onset, last) + 1) * facts.width,
    ...(Number.isFinite(load) ? { loadAtOnset: load } : {}),
    evidence: reading.clues.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).map(({ evidence }) => evidence),
    confidence,
    advice: [...adviceOf(cause.name, reading.component, waitingAt(scene, reading.component))],
  };
}

/** How much of what attempts gained was gained by waiting at a component; undefined where no queue of it was seen. */
function waitingAt(scene: Scene, component: string): Waiting | undefined {
  const { residence, servers } = scene;
  const queue = scene.places.find(({ part, waiting }) => part === component && waiting !== undefined)?.waiting;
  const column = queue ?? servers.of("process.waiting", component);
  if (column === undefined) return undefined;
  const { before, after } = residence;
  const { load } = scene.facts;
  const added = stayOf(column, load, scene.strained) - stayOf(column, load, scene.base);
  return { before, after, share: added / (after - before) };
}

function lacksOf(looked: readonly Looked[]): readonly Lack[] {
  return looked.flatMap(({ cause, result }) => result.lacks.map((lack) => ({ rule: `${ID}.${cause.name}`, ...lack })));
}
