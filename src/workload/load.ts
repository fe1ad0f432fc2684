import { EXIT, type Fault, PlimsollError, randomStream } from "../base/index.ts";
import type { Persona, Plan } from "../plan/index.ts";
import { loadAgent } from "./agents.ts";
import { arrivalsOf } from "./arrivals.ts";
import { withBursts } from "./bursts.ts";
import { closedUsers, FIRST_CLOSED_SESSION } from "./closed.ts";
import { countLawOf, countSamplerOf, samplerOf } from "./distributions.ts";
import { loadFeeds, type Once } from "./feeds.ts";
import { inputFiles } from "./files.ts";
import { renewalProcess } from "./processes.ts";
import { askedOf, type Place, promptPool } from "./prompts/index.ts";
import { type LoadedPersona, pauseBefore, sessionScript } from "./sessions.ts";
import { stageFaults } from "./stage-faults.ts";
import { timelineOf } from "./timeline.ts";
import type { Arrival, LengthFound, Workload } from "./types.ts";
import { userOf } from "./users.ts";

export interface LoadOptions {
  /** Another thread has read the plan's files and found nothing wrong: large ones are not checked again. */
  readonly checked?: boolean;
}

/**
 * Reads what the plan's workload names (prompt files, CSV columns) and builds its tables.
 * Throws a PlimsollError (exit code 104) that carries every fault of every file.
 */
export function loadWorkload(plan: Plan, { checked = false }: LoadOptions = {}): Workload {
  const { seed, workload } = plan;
  const files = inputFiles(checked);
  const once: Once[] = [];
  const lengths: LengthFound[] = [];
  const feeds = loadFeeds(workload.feeds ?? [], seed, files, once);
  const personas = workload.personas.map((persona, i) => {
    const path = `workload.personas[${i}].prompts`;
    return loadPersona(persona, { persona: persona.name, seed, path, files, feeds, once, lengths });
  });
  files.faults.push(...stageFaults(plan.stages));
  const open = timelineOf(plan.stages, "sessions/s");
  const closed = closedUsers(timelineOf(plan.stages, "users"));
  const process = renewalProcess(workload.arrivals);
  const crowded = withBursts(open, workload.arrivals.bursts, seed);
  const arrivals = (): IterableIterator<Arrival> => arrivalsOf(crowded, process, seed);
  if (files.faults.length === 0 && !checked) files.faults.push(...onceFaults(once, arrivals));
  if (files.faults.length > 0) throw new PlimsollError(files.faults, EXIT.planInvalid);
  const both = open.totalAt(Number.POSITIVE_INFINITY) > 0 && closed.max > 0 ? 2 : 1;
  const ordinal = ordinals(both);
  return {
    arrivals,
    session: (session) => sessionScript(personas, seed, session, ordinal(session)),
    agents: personas.map(({ agent }) => agent?.play),
    pauseBefore: (session) => pauseBefore(personas, seed, session),
    usersAt: closed.usersAt,
    maxClosedUsers: closed.max,
    firstClosedSession: FIRST_CLOSED_SESSION,
    rateAt: (at) => open.rateAt(at),
    drawable: Math.min(Number.POSITIVE_INFINITY, ...once.map(({ size }) => Math.ceil(size / both))),
    prompts: workload.personas.map(({ name }, i) => ({ persona: name, says: personas[i]?.prompts.says ?? "" })),
    lengths,
    expectedSessions: (from, to) => open.totalAt(to) - open.totalAt(from),
  };
}

/** Numbers all sessions of a run from 0; where it has `both` open and closed ones, these take turns. */
function ordinals(both: 1 | 2): (session: number) => number {
  return (number) => {
    const session = userOf(number);
    return session < FIRST_CLOSED_SESSION ? session * both : (session - FIRST_CLOSED_SESSION) * both + (both - 1);
  };
}

/** Lists whose entries may be used once, and that have fewer than there will be sessions; those of closed stages nobody knows beforehand. */
function onceFaults(once: readonly Once[], arrivals: () => Iterable<Arrival>): Fault[] {
  if (once.length === 0) return [];
  const most = Math.max(...once.map(({ size }) => size));
  let sessions = 0;
  for (const _ of arrivals()) if (++sessions > most) break;
  return once
    .filter(({ size }) => size < sessions)
    .map(({ path, what, size }) => ({
      code: "WORKLOAD_TOO_FEW",
      message: `${what} has ${size} entries, each to be used once, and there will be more sessions than that`,
      path,
      received: String(size),
      hint: "Give it more entries, shorten the run, or write `order: shuffled`.",
    }));
}

function loadPersona(persona: Persona, place: Place): LoadedPersona {
  const { files } = place;
  const path = place.path.replace(/\.prompts$/, "");
  const { maxTokens } = persona;
  const max = maxTokens && countLawOf(maxTokens, files, `${path}.maxTokens`);
  if (max !== undefined)
    place.lengths.push({
      path: `${path}.maxTokens`,
      asked: askedOf(max),
      draw: (n) => max.at(randomStream(place.seed, "length", path, n).next()),
    });
  return {
    weight: persona.weight,
    agent: persona.agent && loadAgent(persona.agent, place, `${path}.agent`),
    prompts: promptPool(persona.prompts, persona.system, place),
    turns: persona.turns && countSamplerOf(persona.turns, files, `${path}.turns`),
    think: samplerOf(persona.think, files, `${path}.think`),
    patience: persona.patience && samplerOf(persona.patience, files, `${path}.patience`),
    stallPatience: persona.stallPatience && samplerOf(persona.stallPatience, files, `${path}.patience.stall`),
    retry: persona.retry,
    regenerate: persona.regenerate ?? 0,
    edit: persona.edit ?? 0,
    stop: persona.stop && {
      share: persona.stop.share,
      events: persona.stop.tokens && countSamplerOf(persona.stop.tokens, files, `${path}.stop.tokens`),
      after: persona.stop.after && samplerOf(persona.stop.after, files, `${path}.stop.after`),
    },
    tabs: persona.tabs && countSamplerOf(persona.tabs, files, `${path}.tabs`),
    returns: persona.returns && {
      share: persona.returns.share,
      after: samplerOf(persona.returns.after, files, `${path}.returns.after`),
      warm: persona.returns.history === "warm",
    },
    maxTokens: max && ((random) => max.at(random.next())),
  };
}
