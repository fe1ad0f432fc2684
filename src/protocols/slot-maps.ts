import type { AnswerRules } from "./dialects/dialect.ts";
import type { EventRules, EventTypes } from "./dialects/event-types.ts";
import { SLOTS } from "./dialects/slots.ts";
import type { PathStep, WantedPath } from "./skim/index.ts";

/** Where each slot of an event of one type is found: by SLOT, the number of a value among all that the scan looks for. */
export interface SlotMap {
  readonly at: Int16Array;
  readonly ends: boolean;
}

export interface TypeMaps {
  /** Number of the value that is the type; -1: none. */
  readonly typeAt: number;
  readonly names: readonly Buffer[];
  readonly maps: readonly SlotMap[];
  readonly other: SlotMap;
}

/** What one scan looks for over all types of events, and which of it counts for a type. */
export interface CompiledRules {
  readonly paths: readonly WantedPath[];
  /** How many values there are; the last is never found. */
  readonly values: number;
  readonly unnamed: TypeMaps;
  readonly named: ReadonlyMap<string, TypeMaps>;
  readonly varying: readonly number[];
}

/** Gives each distinct path a number of its own, so that one scan finds the values of all types of events, and maps slots to them. */
export function compileRules(rules: AnswerRules): CompiledRules {
  const paths: WantedPath[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (steps: readonly PathStep[]): number => {
    const key = JSON.stringify(steps);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const made = numbers.size;
    numbers.set(key, made);
    paths.push({ slot: made, steps });
    return made;
  };
  const mapOf = (event: EventRules): number[] => {
    const at: number[] = Array.from({ length: SLOTS }, () => -1);
    for (const { slot, steps } of [...rules.paths, ...event.paths]) {
      const first = at[slot] ?? -1;
      if (first < 0) at[slot] = numberOf(steps);
      // Another place of the same thing reports under the first one's number.
      else if (!paths.some((path) => path.slot === first && same(path.steps, steps)))
        paths.push({ slot: first, steps });
    }
    return at;
  };
  const typesOf = ({ at, types, other }: EventTypes) => ({
    typeAt: at === undefined ? -1 : numberOf(at),
    names: [...types.keys()].map((name) => Buffer.from(name)),
    maps: [...types.values()].map((event) => ({ at: mapOf(event), ends: event.ends })),
    other: { at: mapOf(other), ends: other.ends },
  });
  const unnamed = typesOf(rules.types ?? ALIKE);
  const named = Object.entries(rules.named ?? {}).map(([name, types]) => [name, typesOf(types)] as const);
  const varying = (rules.varying ?? []).map(numberOf);
  const absent = numbers.size;
  const fill = ({ at, ends }: { at: readonly number[]; ends: boolean }): SlotMap => ({
    at: Int16Array.from(at, (number) => (number < 0 ? absent : number)),
    ends,
  });
  const finish = (made: typeof unnamed): TypeMaps => ({
    ...made,
    maps: made.maps.map(fill),
    other: fill(made.other),
  });
  return {
    paths,
    values: absent + 1,
    unnamed: finish(unnamed),
    named: new Map(named.map(([name, types]) => [name, finish(types)])),
    varying,
  };
}

const ALIKE: EventTypes = { at: undefined, types: new Map(), other: { paths: [], ends: false } };

function same(a: readonly PathStep[], b: readonly PathStep[]): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}
