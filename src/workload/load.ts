import { EXIT, PlimsollError } from "../base/index.ts";
import type { Distribution, Persona, Plan } from "../plan/index.ts";
import { arrivalsOf } from "./arrivals.ts";
import { closedUsers, FIRST_CLOSED_SESSION } from "./closed.ts";
import { countSamplerOf, type Sampler, samplerOf } from "./distributions.ts";
import { type Files, inputFiles } from "./files.ts";
import { renewalProcess } from "./processes.ts";
import { promptPool } from "./prompts/index.ts";
import { type LoadedPersona, pauseBefore, sessionScript } from "./sessions.ts";
import { stageFaults } from "./stage-faults.ts";
import { timelineOf } from "./timeline.ts";
import type { Workload } from "./types.ts";

/**
 * Reads what the plan's workload names (prompt files, CSV columns) and builds its tables.
 * Throws a PlimsollError (exit code 104) that carries every fault of every file.
 */
export function loadWorkload(plan: Plan): Workload {
  const files = inputFiles();
  const personas = plan.workload.personas.map((persona, i) => loadPersona(persona, files, `workload.personas[${i}]`));
  files.faults.push(...stageFaults(plan.stages));
  if (files.faults.length > 0) throw new PlimsollError(files.faults, EXIT.planInvalid);
  const open = timelineOf(plan.stages, "sessions/s");
  const closed = closedUsers(timelineOf(plan.stages, "users"));
  const process = renewalProcess(plan.workload.arrivals);
  return {
    arrivals: () => arrivalsOf(open, process, plan.seed),
    session: (session) => sessionScript(personas, plan.seed, session),
    pauseBefore: (session) => pauseBefore(personas, plan.seed, session),
    usersAt: closed.usersAt,
    maxClosedUsers: closed.max,
    firstClosedSession: FIRST_CLOSED_SESSION,
    rateAt: (at) => open.rateAt(at),
    expectedSessions: (from, to) => open.totalAt(to) - open.totalAt(from),
  };
}

function loadPersona(persona: Persona, files: Files, path: string): LoadedPersona {
  const counted = (distribution: Distribution | undefined, name: string): Sampler | undefined =>
    distribution && countSamplerOf(distribution, files, `${path}.${name}`);
  return {
    weight: persona.weight,
    system: persona.system,
    prompts: promptPool(persona.prompts, persona.name, files, `${path}.prompts`),
    turns: counted(persona.turns, "turns"),
    think: samplerOf(persona.think, files, `${path}.think`),
    patience: persona.patience && samplerOf(persona.patience, files, `${path}.patience`),
    maxTokens: counted(persona.maxTokens, "maxTokens"),
  };
}
