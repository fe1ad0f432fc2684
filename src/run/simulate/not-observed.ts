import type { Warning } from "../../base/index.ts";
import type { Plan } from "../../plan/index.ts";

/** What a plan observes and tells in a live run, and a simulation leaves out; undefined where it names neither. */
export function notObserved({ observe, export: told }: Plan): Warning | undefined {
  const observes = observe.prometheus.length > 0 || observe.server !== undefined || observe.processes.length > 0;
  const tells = told.remoteWrite !== undefined || told.otlp !== undefined || told.listen !== undefined;
  const parts = [...(observes ? ["`observe`"] : []), ...(tells ? ["`export`"] : [])];
  if (parts.length === 0) return undefined;
  return {
    code: "SIMULATION_LEAVES_OUT",
    message: `A simulation takes no heed of ${parts.join(" and ")} in the plan: its stack tells its own series, and no server is asked or told anything.`,
  };
}
