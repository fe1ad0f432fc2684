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
  /** One number for one place, or for several that stand in for each other. */
  const numberOf = (places: readonly (readonly PathStep[])[]): number => {
    const key = JSON.stringify(places);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const made = numbers.size;
    numbers.set(key, made);
    for (const steps of places) paths.push({ slot: made, steps });
    return made;
  };
  const mapOf = (event: EventRules): number[] => {
    const places = new Map([...placesOf(rules.paths), ...placesOf(event.paths)]);
    return Array.from({ length: SLOTS }, (_, slot) => {
      const found = places.get(slot);
      return found === undefined ? -1 : numberOf(found);
    });
  };
  const typesOf = ({ at, types, other }: EventTypes) => ({
    typeAt: at === undefined ? -1 : numberOf([at]),
    names: [...types.keys()].map((name) => Buffer.from(name)),
    maps: [...types.values()].map((event) => ({ at: mapOf(event), ends: event.ends })),
    other: { at: mapOf(other), ends: other.ends },
  });
  const unnamed = typesOf(rules.types ?? ALIKE);
  const named = Object.entries(rules.named ?? {}).map(([name, types]) => [name, typesOf(types)] as const);
  const varying = (rules.varying ?? []).map((steps) => numberOf([steps]));
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

/** By slot, where it lies; what an event type says of a slot stands in place of what all events have. */
function placesOf(paths: readonly WantedPath[]): ReadonlyMap<number, readonly (readonly PathStep[])[]> {
  const places = new Map<number, (readonly PathStep[])[]>();
  for (const { slot, steps } of paths) places.set(slot, [...(places.get(slot) ?? []), steps]);
  return places;
}
