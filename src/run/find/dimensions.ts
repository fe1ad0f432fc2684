import type { Dimension } from "../../analyse/index.ts";
import type { Distribution, Persona, Plan, StageUnit } from "../../plan/index.ts";

/** What a search can vary: how a plan gets it, and where looking begins when nobody says. */
export interface DimensionEntry {
  readonly name: Dimension;
  readonly unit: string;
  /** Unit of the load, where the load is what varies. */
  readonly load?: StageUnit;
  readonly whole: boolean;
  readonly from: number;
  readonly least: number;
  readonly most: number;
  readonly meaning: string;
  /** The plan's personas with the value; as they are where the load varies. */
  readonly personas: (personas: readonly Persona[], value: number) => readonly Persona[];
}

const fixed = (value: number): Distribution => ({ kind: "fixed", value });
const asTheyAre: DimensionEntry["personas"] = (personas) => personas;

const DIMENSIONS: readonly DimensionEntry[] = [
  {
    name: "rate",
    unit: "sessions/s",
    load: "sessions/s",
    whole: false,
    from: 1,
    least: 0.001,
    most: 100_000,
    meaning: "sessions that start in a second",
    personas: asTheyAre,
  },
  {
    name: "users",
    unit: "users",
    load: "users",
    whole: true,
    from: 1,
    least: 1,
    most: 1_000_000,
    meaning: "users at once, each one session after another",
    personas: asTheyAre,
  },
  {
    name: "prompt-tokens",
    unit: "tokens a prompt",
    whole: true,
    from: 128,
    least: 1,
    most: 1_000_000,
    meaning: "tokens of every question, synthetic text in place of the personas' prompts",
    personas: (personas, value) =>
      personas.map((persona) => ({ ...persona, prompts: { kind: "synthetic", tokens: fixed(value) } })),
  },
  {
    name: "max-tokens",
    unit: "tokens an answer",
    whole: true,
    from: 32,
    least: 1,
    most: 1_000_000,
    meaning: "output tokens that every question asks for at most; answers that end sooner stay as they are",
    personas: (personas, value) => personas.map((persona) => ({ ...persona, maxTokens: fixed(value) })),
  },
  {
    name: "turns",
    unit: "turns a session",
    whole: true,
    from: 1,
    least: 1,
    most: 1000,
    meaning: "questions of every session, its history growing with each",
    personas: (personas, value) => personas.map((persona) => ({ ...persona, turns: fixed(value) })),
  },
];

export function dimensionOf(name: Dimension): DimensionEntry {
  const entry = DIMENSIONS.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new RangeError(`no dimension ${name}`);
  return entry;
}

/** The load that a plan means where a search varies something else, or begins: its expected peak, else the greatest level that it holds, or the mean rate of a trace that it replays. */
export function planLoad({ expect, stages }: Plan): { readonly value: number; readonly unit: StageUnit } | undefined {
  if (expect !== undefined) return expect.peak;
  const held = stages.flatMap(({ kind, unit, load, replay, duration }) =>
    replay !== undefined
      ? [{ value: (replay.sessions / duration) * 1000, unit }]
      : kind === "rest"
        ? []
        : load.flatMap((part) => (part.shape === "hold" ? [{ value: part.value, unit }] : [])),
  );
  return held.sort((a, b) => b.value - a.value)[0];
}
