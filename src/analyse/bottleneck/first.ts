import type { Scene } from "./scene/scene.ts";
import { logistic, STANDS, type Weighed } from "./weigh.ts";

/** Below, a cause is named among others, but not as the first. */
const SURE = 0.5;
/** Of the runners-up, how many are told. */
const MOST = 4;
const WORTH_TELLING = 0.15;

export interface Named {
  readonly first: Weighed | undefined;
  /** 0 to 1: that it holds, and that it and no other came first. */
  readonly confidence: number;
  /** Causes of their own that hold beside the first. */
  readonly beside: readonly Weighed[];
  readonly runnersUp: readonly Weighed[];
  /** Why no resource is named, as the end of "cannot tell, because". */
  readonly cannotTell: string | undefined;
}

/** Which of the causes gave way first: no effect of another, the strongest, and of equals the one that was seen earlier. */
export function nameFirst(scene: Scene, weighed: readonly Weighed[]): Named {
  const nobody = { first: undefined, confidence: 0, beside: [], runnersUp: [] };
  if (!scene.harm.broke && !scene.harm.slower) {
    return { ...nobody, cannotTell: "nothing gave way at the loads that were tried." };
  }
  const causes = weighed.filter(({ effectOf, probability }) => effectOf === undefined && probability >= STANDS);
  const [strongest] = causes.toSorted(
    (a, b) => Number(b.cause.isResource) - Number(a.cause.isResource) || rank(b) - rank(a),
  );
  const rest = weighed.filter((one) => one !== strongest && one.probability >= WORTH_TELLING).slice(0, MOST);
  if (strongest === undefined) {
    return { ...nobody, runnersUp: rest, cannotTell: "no cause that was looked for explains what was seen." };
  }
  const rivals = causes.filter((one) => one !== strongest && one.cause.isResource === strongest.cause.isResource);
  const odds = rivals.reduce((sum, { score }) => sum + Math.exp(score - strongest.score) * 0.5, 1);
  const confidence = logistic(strongest.score) / odds;
  return {
    first: strongest,
    confidence,
    beside: rivals,
    runnersUp: rest,
    cannotTell: strongest.cause.isResource ? unsure(confidence, strongest, rivals) : blind(scene, strongest),
  };

  /** Half a unit of log-odds for the one seen earliest: enough among equals, no more. */
  function rank({ score, reading }: Weighed): number {
    const seen = causes.map((one) => one.reading.onset ?? Number.POSITIVE_INFINITY);
    return score + (reading.onset !== undefined && reading.onset <= Math.min(...seen) ? 0.5 : 0);
  }
}

function unsure(confidence: number, first: Weighed, rivals: readonly Weighed[]): string | undefined {
  if (confidence >= SURE) return undefined;
  const names = [first, ...rivals].map(
    ({ cause, reading }) => `${cause.name.replaceAll("-", " ")} (${reading.component})`,
  );
  return rivals.length === 0
    ? `the evidence for ${names.join()} is too weak.`
    : `${names.join(" and ")} fit what was seen about equally well.`;
}

function blind({ facts, servers }: Scene, { reading }: Weighed): string {
  if (facts.servers.length === 0) return `no server was observed. ${reading.title}`;
  const seen = new Set(facts.servers.map(({ part }) => part));
  return `none of the observed parts (${[...seen].slice(0, 5).join(", ")}) shows it${servers.models.length === 0 ? ", and no model server is among them" : ""}. ${reading.title}`;
}
