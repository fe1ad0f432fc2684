import { itemsOf, mapOf, member, type Value } from "../script/value.ts";
import type { Left, StageInput } from "../types.ts";
import { duration, rate, readDuration, users } from "../units.ts";

interface Scenario {
  readonly name: string;
  /** ms */
  readonly startTime: number;
  readonly stages: readonly StageInput[];
  readonly length: number;
}

export interface K6Load {
  readonly stages: readonly StageInput[];
  /** Scenario by the function that it runs. */
  readonly execs: ReadonlyMap<string, string>;
}

const number = (value: Value | undefined, fallback: number): number => (typeof value === "number" ? value : fallback);
const time = (value: Value | undefined): number | undefined =>
  typeof value === "string" || typeof value === "number" ? readDuration(value, 1000) : undefined;

/** Stages of the steps of a ramp; `say` writes a load in its unit. A step of no length jumps. */
function ramps(list: readonly Value[], start: number, say: (value: number) => string): readonly StageInput[] {
  let from = start;
  return list.flatMap((step): StageInput[] => {
    const ms = time(member(step, "duration"));
    const target = number(member(step, "target"), Number.NaN);
    if (ms === undefined || Number.isNaN(target)) return [];
    const before = from;
    from = target;
    if (ms === 0) return [];
    if (before === target) return [{ steady: duration(ms), at: say(target) }];
    return [{ ramp: duration(ms), from: say(before), to: say(target) }];
  });
}

const perSecond = (scenario: Value): ((value: number) => string) => {
  const unit = time(member(scenario, "timeUnit") ?? "1s") ?? 1000;
  return (value) => rate((value * 1000) / unit);
};

/** What each executor asks for; users of a fixed number of iterations have no time of their own. */
const EXECUTORS: Readonly<Record<string, (scenario: Value) => readonly StageInput[]>> = {
  "constant-vus": (scenario) => {
    const ms = time(member(scenario, "duration"));
    return ms === undefined ? [] : [{ steady: duration(ms), at: users(number(member(scenario, "vus"), 1)) }];
  },
  "ramping-vus": (scenario) =>
    ramps(itemsOf(member(scenario, "stages")), number(member(scenario, "startVUs"), 1), users),
  "constant-arrival-rate": (scenario) => {
    const ms = time(member(scenario, "duration"));
    return ms === undefined
      ? []
      : [{ steady: duration(ms), at: perSecond(scenario)(number(member(scenario, "rate"), 1)) }];
  },
  "ramping-arrival-rate": (scenario) =>
    ramps(itemsOf(member(scenario, "stages")), number(member(scenario, "startRate"), 0), perSecond(scenario)),
};

/** Reads k6's options: `vus` and `duration`, `stages`, or `scenarios`. */
export function loadOfK6(options: Value | undefined, left: Left[]): K6Load {
  const execs = new Map<string, string>();
  const scenarios: Scenario[] = [];
  for (const [name, scenario] of mapOf(member(options, "scenarios"))) {
    const exec = member(scenario, "exec");
    execs.set(typeof exec === "string" ? exec : "default", name);
    const executor = member(scenario, "executor");
    const read = typeof executor === "string" ? EXECUTORS[executor] : undefined;
    const stages = read?.(scenario) ?? [];
    if (stages.length === 0)
      left.push({
        place: `options.scenarios.${name}`,
        what: `executor ${typeof executor === "string" ? executor : "unknown"}: a number of iterations, or times that only the script can tell`,
      });
    const startTime = time(member(scenario, "startTime")) ?? 0;
    if (stages.length > 0) scenarios.push({ name, startTime, stages, length: lengthOf(stages) });
  }
  if (scenarios.length > 0) return { stages: inTurn(scenarios, left), execs };
  const list = itemsOf(member(options, "stages"));
  if (list.length > 0) return { stages: ramps(list, number(member(options, "vus"), 1), users), execs };
  const ms = time(member(options, "duration"));
  if (ms !== undefined && ms > 0)
    return { stages: [{ steady: duration(ms), at: users(number(member(options, "vus"), 1)) }], execs };
  if (member(options, "iterations") !== undefined)
    left.push({
      place: "options.iterations",
      what: "a number of iterations: a plan's stages have a length; see budget.requests",
    });
  return { stages: [], execs };
}

/** One scenario after another; a plan's stages do not overlap. */
function inTurn(scenarios: readonly Scenario[], left: Left[]): StageInput[] {
  const stages: StageInput[] = [];
  let end = 0;
  for (const { name, startTime, stages: own, length } of scenarios.toSorted((a, b) => a.startTime - b.startTime)) {
    if (stages.length > 0 && startTime < end) {
      left.push({
        place: `options.scenarios.${name}`,
        what: "its load: it overlaps the scenario before it, and stages follow one another",
      });
      continue;
    }
    if (startTime > end && stages.length > 0)
      left.push({ place: `options.scenarios.${name}`, what: `the pause of ${duration(startTime - end)} before it` });
    stages.push(...own);
    end = startTime + length;
  }
  return stages;
}

function lengthOf(stages: readonly StageInput[]): number {
  return stages.reduce((sum, { steady, ramp }) => sum + (readDuration(steady ?? ramp, 1000) ?? 0), 0);
}
