import { basename } from "node:path";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { type Plan, type Replay, type Stage, settingsOf } from "../../plan/index.ts";
import { type Schedule, type Start, schedule, startAt, startsOf, type TraceTable } from "../../traces/index.ts";
import type { Arrival, SessionScript, TurnScript } from "../types.ts";
import { blockText, ownText, prepareTexts } from "./text.ts";

/** The replayed stages of a plan: their sessions are numbered from 0 on, in order of time. */
export interface Replays {
  readonly sessions: number;
  arrivals(): Generator<Arrival, undefined>;
  /** The script of one of them, `session` below `sessions`; `like` says what kind of user asks, and how long it waits. */
  session(session: number, like: SessionScript): SessionScript;
}

interface Part {
  readonly stage: Stage;
  readonly index: number;
  readonly made: Schedule;
  /** Number of its first session. */
  readonly first: number;
  readonly count: number;
}

/** Throws a PlimsollError (exit code 104) where a trace has changed since the plan was read. */
export function replaysOf({ stages, seed }: Plan): Replays {
  prepareTexts();
  const parts: Part[] = [];
  let first = 0;
  for (const [index, stage] of stages.entries()) {
    if (stage.replay === undefined) continue;
    const made = schedule(settingsOf(stage.replay), seed);
    const count = startsOf(made);
    if (count !== stage.replay.sessions) throw changed(stage.replay, `stages[${index}].replay`);
    parts.push({ stage, index, made, first, count });
    first += count;
  }
  return {
    sessions: first,
    *arrivals() {
      for (const { stage, index, made, first: begin, count } of parts) {
        for (let k = 0; k < count; k++)
          yield { session: begin + k, at: stage.from + startAt(made, k).at, stage: index };
      }
      return undefined;
    },
    session(session, like) {
      const part = parts.findLast((each) => each.first <= session);
      if (part === undefined) return { ...like, session };
      const start = startAt(part.made, session - part.first);
      const turns = turnsOf(part, start, like, seed, session);
      return {
        session,
        persona: like.persona,
        system: undefined,
        ...senderOf(part.made.table, start.row),
        turns,
        tabs: 1,
      };
    },
  };
}

/** Who sent a request, and from where, as far as the trace tells. */
function senderOf({ tenant, region, names }: TraceTable, row: number): Pick<SessionScript, "tenant" | "region"> {
  const [sender, place] = [names[tenant?.[row] ?? -1], names[region?.[row] ?? -1]];
  return { ...(sender === undefined ? {} : { tenant: sender }), ...(place === undefined ? {} : { region: place }) };
}

function changed({ file }: Replay, path: string): PlimsollError {
  return new PlimsollError(
    {
      code: "TRACE_CHANGED",
      message: `${file} is no longer what it was when the plan was read`,
      path,
      file,
      hint: "Start again, and leave the file as it is while a run begins.",
    },
    EXIT.planInvalid,
  );
}

function turnsOf(part: Part, start: Start, like: SessionScript, seed: number, session: number): TurnScript[] {
  const { table, speed } = part.made;
  const promptId = `trace:${basename(part.stage.replay?.file ?? "")}`;
  const turns: TurnScript[] = [];
  let said = 0;
  for (let row = start.row, turn = 0; row >= 0; row = table.next?.[row] ?? -1, turn++) {
    const [input, output] = [table.input[row] ?? 0, table.output[row] ?? 0];
    const after = ((table.at[row] ?? 0) - (table.at[start.row] ?? 0)) / speed;
    const text = textOf(part, start, row, said, [seed, session, turn]);
    const asked = {
      promptId,
      prompt: text,
      content: text,
      think: 0,
      ...(turn === 0 ? {} : { at: part.stage.from + start.at + after }),
      ...waitsOf(like.turns[Math.min(turn, like.turns.length - 1)]),
      // A request without an answer was asked all the same.
      maxTokens: Math.max(1, output),
    };
    turns.push(asked);
    said = table.format.turns === "cumulative" ? input + output : 0;
  }
  return turns;
}

/** What the kind of user has a mind to bear. */
function waitsOf(like: TurnScript | undefined): Pick<TurnScript, "patience" | "stallPatience" | "retries"> {
  const never = Number.POSITIVE_INFINITY;
  const { patience = never, stallPatience = never, retries = [] } = like ?? {};
  return { patience, stallPatience, retries };
}

/** What a turn says: of a conversation that counts all so far, what is beyond what has been `said`. */
function textOf(
  { made, index }: Part,
  { copy, loop }: Start,
  row: number,
  said: number,
  keys: readonly [seed: number, session: number, turn: number],
): string {
  const { table } = made;
  const [seed, ...own] = keys;
  const input = Math.max(said + 1, table.input[row] ?? 0);
  const from = table.blocksFrom?.[row] ?? 0;
  const to = table.blocksFrom?.[row + 1] ?? 0;
  const size = table.format.blockTokens ?? 0;
  if (to <= from || size === 0) return ownText(input - said, seed, index, ...own);
  const blocks = table.blocks.subarray(from, to);
  // Copies and loops share nothing with each other: a cache would find more in them than in the trace.
  const text = blockText({ blocks, size, seed, salt: [index, copy, loop] }, said, input);
  const rest = input - Math.max(said, blocks.length * size);
  return rest > 0 ? text + ownText(rest, seed, index, ...own) : text;
}
