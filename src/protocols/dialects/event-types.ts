import { type PathStep, parsePath, type WantedPath } from "../skim/index.ts";
import { type SlotPaths, wantedPaths } from "./slots.ts";

/** What events of one type hold, beside what every event may hold. */
export interface EventRules {
  readonly paths: readonly WantedPath[];
  /** Such an event ends the answer, as `[DONE]` does. */
  readonly ends: boolean;
}

/** Events that a value inside them tells apart. */
export interface EventTypes {
  /** Where the type lies, undefined where all are alike. A string's type is its text, a number's or flag's as it is written. */
  readonly at: readonly PathStep[] | undefined;
  readonly types: ReadonlyMap<string, EventRules>;
  /** Of events without a type, or of one that the table lacks. */
  readonly other: EventRules;
}

/** As a dialect writes it. */
export type WrittenEvent = SlotPaths & { readonly ends?: true };

/** A table of event types: `eventTypes("$.type", { delta: { token: "$.text" }, done: { ends: true } })`. */
export function eventTypes(
  path: string | undefined,
  types: Readonly<Record<string, WrittenEvent>>,
  other: WrittenEvent = {},
): EventTypes {
  return {
    at: path === undefined ? undefined : parsePath(path),
    types: new Map(Object.entries(types).map(([name, written]) => [name, eventRules(written)])),
    other: eventRules(other),
  };
}

/** Events that are all alike. */
export function eventsAlike(written: WrittenEvent): EventTypes {
  return eventTypes(undefined, {}, written);
}

function eventRules({ ends, ...paths }: WrittenEvent): EventRules {
  return { paths: wantedPaths(paths), ends: ends === true };
}
