import type { StepCosts } from "../engine/types.ts";
import { COEFFICIENTS, type Parameter } from "./types.ts";

export interface ParameterEntry {
  readonly name: Parameter;
  readonly meaning: string;
  readonly unit: string;
  /** Log standard deviation of what is believed before the data: weak, so that only directions which the data leave open follow it. */
  readonly priorSd: number;
  /** Start as a share of c0 where the prior shape has none. */
  readonly least: number;
}

export const PARAMETERS: readonly ParameterEntry[] = [
  { name: "c0", meaning: "every step", unit: "ms", priorSd: 1, least: 1 },
  { name: "c1", meaning: "a token, up to n0 a step", unit: "ms", priorSd: 1.5, least: 1e-3 },
  { name: "c2", meaning: "a token, beyond n0", unit: "ms", priorSd: 1, least: 1e-3 },
  { name: "n0", meaning: "tokens where the lines meet", unit: "tokens", priorSd: 0.5, least: 1 },
  { name: "ch", meaning: "a sequence", unit: "ms", priorSd: 2, least: 1e-3 },
  { name: "d1", meaning: "a context token of a decode", unit: "ms", priorSd: 1.5, least: 1e-6 },
  { name: "d2", meaning: "a decode", unit: "ms", priorSd: 2, least: 1e-3 },
  { name: "p1", meaning: "a prefilled token and context token", unit: "ms", priorSd: 1.5, least: 1e-8 },
  { name: "p2", meaning: "a context token of a prefill", unit: "ms", priorSd: 2, least: 1e-7 },
  { name: "kappa", meaning: "attention, mixed over pure steps", unit: "", priorSd: 0.15, least: 1 },
  { name: "overhead", meaning: "outside of the engine, a request", unit: "ms", priorSd: 1.5, least: 0.05 },
];

/** Fitted wherever the data are; no source that was read has a `ch` or a `p2`, so that these stay 0. */
const FREE: readonly Parameter[] = ["c0", "c1", "c2", "n0", "d1", "d2", "p1", "kappa"];

export function freeParameters(engineClock: boolean): readonly ParameterEntry[] {
  const names = new Set<Parameter>(engineClock ? FREE : [...FREE, "overhead"]);
  return PARAMETERS.filter(({ name }) => names.has(name));
}

/** What the model is run with: the engine's coefficients, and what a client's clock sees on top. */
export interface ModelPoint {
  readonly costs: StepCosts;
  readonly overhead: number;
}

/** Logarithms of the free parameters. */
export function toLogs(point: ModelPoint, free: readonly ParameterEntry[]): number[] {
  return free.map(({ name, least }) => {
    const value = name === "overhead" ? point.overhead : point.costs[name];
    const floor = name === "kappa" ? 1 : least * point.costs.c0;
    return Math.log(Math.max(value, floor, 1e-12));
  });
}

/** The point with its free parameters replaced. */
export function fromLogs(logs: readonly number[], free: readonly ParameterEntry[], base: ModelPoint): ModelPoint {
  const values = new Map(free.map(({ name }, i) => [name, Math.exp(logs[i] ?? 0)]));
  const costs = { ...base.costs };
  for (const name of COEFFICIENTS) {
    const value = values.get(name);
    if (value !== undefined) Object.assign(costs, { [name]: name === "kappa" ? Math.max(1, value) : value });
  }
  return { costs, overhead: values.get("overhead") ?? base.overhead };
}
