import type { Plan } from "../../plan/index.ts";
import { FIRST_CLOSED_SESSION } from "../closed.ts";
import { inputFiles } from "../files.ts";
import { type LoadOptions, loadWorkload as loadDrawn } from "../load.ts";
import { regionsOf } from "../regions.ts";
import { tenantOf } from "../tenants.ts";
import { timelineOf } from "../timeline.ts";
import type { Arrival, Workload } from "../types.ts";
import { userOf } from "../users.ts";
import { replaysOf } from "./replays.ts";

/**
 * Reads what the plan's workload names (prompt files, CSV columns, traces) and builds its tables. Throws a PlimsollError (exit code 104) that
 * carries every fault of every file.
 *
 * Sessions of replayed stages come first in number; those that are drawn go on from there, each with the draws that it would have without them.
 */
export function loadWorkload(plan: Plan, options: LoadOptions = {}): Workload {
  const workload = withReplays(plan, options);
  const { tenants, regions } = plan.workload;
  if (tenants === undefined && regions === undefined) return workload;
  const tenant = tenants && tenantOf(tenants, plan.seed);
  const place = regions && regionsOf(plan, inputFiles(true));
  return {
    ...workload,
    session: (session, times = WITH_THE_RUN) => {
      const script = workload.session(session);
      return {
        ...(tenant === undefined ? {} : { tenant: tenant(session) }),
        ...script,
        ...place?.(session, times, script.region),
      };
    },
  };
}

const WITH_THE_RUN = { came: 0, at: 0 };

function withReplays(plan: Plan, options: LoadOptions): Workload {
  const replayed = plan.stages.filter(({ replay }) => replay !== undefined);
  if (replayed.length === 0) return loadDrawn(plan, options);
  const drawn = loadDrawn(
    {
      ...plan,
      stages: plan.stages.map((stage) => (stage.replay === undefined ? stage : { ...stage, load: [] })),
    },
    options,
  );
  const replays = replaysOf(plan);
  const timeline = timelineOf(replayed, "sessions/s");
  return {
    ...drawn,
    arrivals: () => inOrder(replays.arrivals(), drawn.arrivals(), replays.sessions),
    session: (session) => {
      if (session < replays.sessions) return replays.session(session, drawn.session(session % drawn.drawable));
      if (userOf(session) >= FIRST_CLOSED_SESSION) return drawn.session(session);
      const script = drawn.session(session - replays.sessions);
      const { returns } = script;
      return {
        ...script,
        session,
        ...(returns === undefined ? {} : { returns: { ...returns, session: returns.session + replays.sessions } }),
      };
    },
    drawable: drawn.drawable + replays.sessions,
    rateAt: (at) => drawn.rateAt(at) + timeline.rateAt(at),
    expectedSessions: (from, to) => drawn.expectedSessions(from, to) + timeline.totalAt(to) - timeline.totalAt(from),
  };
}

/** Both in one order of time; the drawn ones numbered from `first` on. */
function* inOrder(
  replayed: Iterator<Arrival, undefined>,
  drawn: Iterator<Arrival>,
  first: number,
): Generator<Arrival, undefined> {
  let [one, other] = [replayed.next(), drawn.next()];
  while (one.done !== true || other.done !== true) {
    if (other.done === true || (one.done !== true && one.value.at <= other.value.at)) {
      if (one.done !== true) yield one.value;
      one = replayed.next();
    } else {
      yield { ...other.value, session: first + other.value.session };
      other = drawn.next();
    }
  }
  return undefined;
}
