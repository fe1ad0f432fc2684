import { type Fault, PlimsollError } from "../../base/index.ts";
import { type PlanInput, parsePath, resolvePlan } from "../../plan/index.ts";
import { isRecord } from "./json.ts";
import type { Left } from "./types.ts";
import { planTexts, unsetOf } from "./write.ts";

/** Rounds of leaving out: each takes at least one part away. */
const MOST_ROUNDS = 20;

/**
 * Leaves out what the plan's own reader refuses, and lists it with the reader's words: what is written is a plan that `check` accepts once
 * its variables are set. Throws the reader's faults where they lie in what a plan cannot do without.
 */
export function verified(input: PlanInput): { readonly input: PlanInput; readonly left: readonly Left[] } {
  const left: Left[] = [];
  let plan: unknown = input;
  for (let round = 0; ; round++) {
    const faults = faultsOf(plan);
    if (faults.length === 0 && isPlan(plan)) return { input: plan, left };
    const before = JSON.stringify(plan);
    for (const fault of faults) {
      const [section = "", ...rest] = parsePath(fault.path ?? "") ?? [];
      const place = removable(String(section), rest);
      if (place === undefined) throw new PlimsollError(faults, 104);
      plan = without(plan, place);
      left.push({
        place: fault.path ?? "",
        what: `${fault.message}${fault.received === undefined ? "" : ` (${fault.received})`}`,
      });
      // Places behind the one that went have moved.
      if (typeof place.at(-1) === "number") break;
    }
    if (round === MOST_ROUNDS || JSON.stringify(plan) === before) throw new PlimsollError(faults, 104);
  }
}

function isPlan(value: unknown): value is PlanInput {
  return isRecord(value) && isRecord(value["target"]);
}

/** The smallest part of a plan around a place that it can do without. */
function removable(section: string, rest: readonly (string | number)[]): readonly (string | number)[] | undefined {
  const [first, second] = rest;
  if (section === "slo" && first !== undefined) return ["slo", first];
  if (section === "stages" || section === "workload" || section === "slo") return [section];
  if (section === "target" && (first === "headers" || first === "parameters") && second !== undefined)
    return [section, first, second];
  if (section === "target" && first !== undefined && first !== "url" && first !== "protocol" && first !== "request")
    return [section, first];
  return undefined;
}

function faultsOf(plan: unknown): readonly Fault[] {
  try {
    // A URL may stand in a variable as a whole.
    const vars = unsetOf(plan).map((name) => `${name}=http://127.0.0.1:8000`);
    resolvePlan(planTexts(plan), { env: {}, vars });
    return [];
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults;
    throw error;
  }
}

function without(value: unknown, place: readonly (string | number)[]): unknown {
  const [step, ...rest] = place;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, i) => i !== step)
      : value.map((item: unknown, i) => (i === step ? without(item, rest) : item));
  }
  if (!isRecord(value)) return value;
  if (rest.length > 0) return { ...value, [step]: without(value[step], rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}
