import type { ChatMessage } from "../protocols/index.ts";
import { type SessionScript, tabOf, type Workload } from "../workload/index.ts";
import { Session, type SessionEnd } from "./session.ts";
import type { SessionHost } from "./session-host.ts";

/** What a user begins: its first session, or the one that it comes back for. */
export interface Visit {
  readonly session: number;
  /** Intended start. */
  readonly scheduledAt: number;
  readonly dueAt: number;
  /** Intended start of the user's first session; absent: this one's. */
  readonly came?: number | undefined;
  /** Asked before each turn. */
  readonly leave?: ((at: number) => boolean) | undefined;
  /** What was said in the session that it goes on from. */
  readonly before?: readonly ChatMessage[] | undefined;
}

/** A user who will come back. */
export interface Return {
  readonly session: number;
  readonly at: number;
  readonly came: number;
  readonly before: readonly ChatMessage[] | undefined;
}

export interface VisitsHost {
  readonly sessions: SessionHost;
  readonly workload: Workload;
  began(session: Session): void;
  ended(session: Session): void;
  /** The user comes back, where the run still goes on. */
  returns(visit: Return): void;
}

/** Begins all sessions of a visit, in as many tabs as the user has; `over` once the last has ended, with the time of the last answer's end. */
export function beginVisit(
  { sessions: host, workload, began, ended, returns }: VisitsHost,
  visit: Visit,
  over: (at: number, failed: boolean) => void,
): void {
  const { scheduledAt: at, came = at } = visit;
  const first = workload.session(visit.session, { came, at });
  let open = first.tabs;
  let last = Number.NEGATIVE_INFINITY;
  let failed = true;
  const begin = (script: SessionScript): void => {
    const session: Session = new Session({
      host,
      script,
      leave: visit.leave,
      before: script === first ? visit.before : undefined,
      ended: (end) => {
        ended(session);
        if (visit.leave === undefined) comeBack(script, end, came, returns);
        last = Math.max(last, end.at);
        failed &&= end.failed;
        if (--open === 0) over(last, failed);
      },
    });
    began(session);
    session.begin(visit.scheduledAt, visit.dueAt);
  };
  begin(first);
  for (let tab = 1; tab < first.tabs; tab++) begin(workload.session(tabOf(visit.session, tab), { came, at }));
}

function comeBack(
  { returns }: SessionScript,
  { at, said }: SessionEnd,
  came: number,
  tell: VisitsHost["returns"],
): void {
  if (returns === undefined) return;
  tell({ session: returns.session, at: at + returns.after, came, before: returns.warm ? said : undefined });
}
