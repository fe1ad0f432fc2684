import type { Random } from "../../../../../base/index.ts";
import { draw, type Spread } from "../../../spread.ts";

/** What a new replica goes through, in this order. */
export const COLD_PHASES = ["node", "image", "weights", "init"] as const;
export type ColdPhase = (typeof COLD_PHASES)[number];
export type ColdStartSpec = Readonly<Record<ColdPhase, Spread>>;

/** Phases that a node of the warm pool has behind it. */
const WARM: ReadonlySet<ColdPhase> = new Set(["node", "image"]);

export interface PhaseTime {
  readonly phase: ColdPhase;
  readonly ms: number;
}

/** Times of each phase of one start. Every phase draws, so that a warm start moves no other draw. */
export function coldStart(spec: ColdStartSpec, random: Random, warm: boolean): PhaseTime[] {
  return COLD_PHASES.map((phase) => {
    const ms = draw(spec[phase], random);
    return { phase, ms: warm && WARM.has(phase) ? 0 : ms };
  });
}

/** How long it takes until a node is warm: what {@link coldStart} then leaves out. */
export function warmUp(spec: ColdStartSpec, random: Random): number {
  return COLD_PHASES.reduce((total, phase) => (WARM.has(phase) ? total + draw(spec[phase], random) : total), 0);
}
