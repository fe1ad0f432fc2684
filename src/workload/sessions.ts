import { type Random, randomStream } from "../base/index.ts";
import { MOST_TABS, type UserRetryPlan } from "../plan/index.ts";
import { contentText, type ToolDefinition } from "../protocols/index.ts";
import type { LoadedAgent } from "./agents.ts";
import type { Sampler } from "./distributions.ts";
import { withMoves } from "./moves.ts";
import type { PromptEntry, PromptPool } from "./prompts/index.ts";
import type { SessionScript, TurnScript } from "./types.ts";
import { furtherOf, nextVisit, placeOf, userOf } from "./users.ts";

/** A persona with its tables built. */
export interface LoadedPersona {
  readonly weight: number;
  readonly agent: LoadedAgent | undefined;
  readonly prompts: PromptPool;
  /** `undefined`: as many as the first entry has. */
  readonly turns: Sampler | undefined;
  readonly think: Sampler;
  readonly patience: Sampler | undefined;
  readonly stallPatience: Sampler | undefined;
  readonly maxTokens: Sampler | undefined;
  readonly retry: UserRetryPlan | undefined;
  /** Chances, 0 to 1. */
  readonly regenerate: number;
  readonly edit: number;
  readonly stop: LoadedStop | undefined;
  readonly tabs: Sampler | undefined;
  readonly returns: LoadedReturns | undefined;
}

interface LoadedStop {
  readonly share: number;
  readonly events: Sampler | undefined;
  readonly after: Sampler | undefined;
}

interface LoadedReturns {
  readonly share: number;
  readonly after: Sampler;
  readonly warm: boolean;
}

/** Streams of the purposes of one turn. */
type TurnStreams = (purpose: string) => Random;

/**
 * Every draw has a stream of its own (purpose, session, turn), so that a change of one thing moves nothing else. `ordinal` counts the users of the
 * run from 0.
 */
export function sessionScript(
  personas: readonly LoadedPersona[],
  seed: number,
  session: number,
  ordinal: number,
): SessionScript {
  const index = choose(personas, randomStream(seed, "persona", userOf(session)));
  const persona = personas[index];
  if (persona === undefined) return { session, persona: index, system: undefined, turns: [], tabs: 1 };
  const stream = (purpose: string, turn: number): Random => randomStream(seed, purpose, session, turn);
  const sessionStream = (purpose: string): Random => randomStream(seed, purpose, session);
  let draws = furtherOf(session);
  const draw = (turn: number): PromptEntry =>
    persona.prompts.draw({
      ordinal,
      nth: draws++,
      uniform: () => stream("prompt", turn).next(),
      stream: (purpose) => stream(purpose, turn),
      sessionStream,
    });

  let entry = draw(0);
  const { system } = entry;
  const count = persona.turns ? persona.turns(sessionStream("turns")) : entry.turns.length;
  const questions: TurnScript[] = [];
  let used = 0;
  for (let turn = 0; turn < count; turn++) {
    if (used === entry.turns.length) {
      entry = draw(turn);
      used = 0;
    }
    const content = entry.turns[used]?.content ?? "";
    const { responseFormat, answer } = entry;
    const tools = offered(entry.tools, persona.agent?.tools);
    const helpers = helpersOf(persona, { seed, session, ordinal, turn });
    const last = used === entry.turns.length - 1;
    const manner = mannerOf(persona, (purpose) => stream(purpose, turn));
    questions.push({
      promptId: entry.turns.length === 1 ? entry.id : `${entry.id}.${used + 1}`,
      prompt: contentText(content),
      content,
      ...(tools === undefined ? {} : { tools }),
      ...(responseFormat === undefined ? {} : { responseFormat }),
      ...(answer === undefined || !last ? {} : { answer }),
      ...(helpers === undefined ? {} : { helpers }),
      ...manner,
      think: turn === 0 ? 0 : manner.think,
      maxTokens: persona.maxTokens ? persona.maxTokens(stream("maxTokens", turn)) : undefined,
    });
    used++;
  }
  const { regenerate, edit } = persona;
  const again = (question: number, nth: number): Manner =>
    mannerOf(persona, (purpose) => randomStream(seed, purpose, session, question, nth));
  const turns = regenerate > 0 || edit > 0 ? withMoves(questions, { regenerate, edit, stream, again }) : questions;
  return { session, persona: index, system, turns, ...visitsOf(persona, session, sessionStream) };
}

/** The tools of a prompt, and those of the agent that it does not bring itself. */
function offered(
  own: readonly ToolDefinition[] | undefined,
  agent: readonly ToolDefinition[] | undefined,
): readonly ToolDefinition[] | undefined {
  if (agent === undefined || agent.length === 0) return own;
  const names = new Set(own?.map(({ name }) => name));
  return [...(own ?? []), ...agent.filter(({ name }) => !names.has(name))];
}

interface HelpersPlace {
  readonly seed: number;
  readonly session: number;
  readonly ordinal: number;
  readonly turn: number;
}

/** What an agent asks of its helpers in a turn. */
function helpersOf(
  persona: LoadedPersona,
  { seed, session, ordinal, turn }: HelpersPlace,
): readonly TurnScript[] | undefined {
  const fanOut = persona.agent?.fanOut;
  if (fanOut === undefined) return undefined;
  const count = fanOut.count(randomStream(seed, "fanOut", session, turn));
  return Array.from({ length: count }, (_, nth): TurnScript => {
    const stream = (purpose: string): Random => randomStream(seed, "helper", session, turn, nth, purpose);
    const entry = fanOut.prompts.draw({
      ordinal,
      nth: turn * MOST_TABS + nth,
      uniform: () => stream("prompt").next(),
      stream,
      sessionStream: (purpose) => randomStream(seed, purpose, session),
    });
    const content = entry.turns[0]?.content ?? "";
    const tools = offered(entry.tools, persona.agent?.tools);
    return {
      promptId: entry.id,
      prompt: contentText(content),
      content,
      ...(tools === undefined ? {} : { tools }),
      ...(entry.responseFormat === undefined ? {} : { responseFormat: entry.responseFormat }),
      ...mannerOf(persona, stream),
      think: 0,
      maxTokens: persona.maxTokens ? persona.maxTokens(stream("maxTokens")) : undefined,
    };
  });
}

type Manner = Pick<TurnScript, "think" | "patience" | "stallPatience" | "retries" | "stop">;

/** How a user asks, and waits for the answer. */
function mannerOf(persona: LoadedPersona, stream: TurnStreams): Manner {
  const { think, patience, stallPatience, retry, stop } = persona;
  const drawn = (sampler: Sampler | undefined, purpose: string): number =>
    sampler === undefined ? Number.POSITIVE_INFINITY : Math.max(0, sampler(stream(purpose)));
  const stops = stop !== undefined && stream("stop").next() < stop.share;
  return {
    think: Math.max(0, think(stream("think"))),
    patience: drawn(patience, "patience"),
    stallPatience: drawn(stallPatience, "stallPatience"),
    retries: retry === undefined ? NO_RETRIES : retriesOf(retry, stream("retry")),
    ...(stops ? { stop: { events: drawn(stop.events, "stopEvents"), after: drawn(stop.after, "stopAfter") } } : {}),
  };
}

const NO_RETRIES: readonly number[] = [];

/** The waits before each time that the user would ask again: as long as it has a mind to. */
function retriesOf({ share, times, backoff, jitter }: UserRetryPlan, random: Random): readonly number[] {
  const waits: number[] = [];
  while (waits.length < times && random.next() < share) {
    waits.push(backoff * 2 ** waits.length * (1 + jitter * (2 * random.next() - 1)));
  }
  return waits;
}

/** The user's other sessions, as far as this one says. */
function visitsOf(
  { tabs, returns }: LoadedPersona,
  session: number,
  stream: TurnStreams,
): Pick<SessionScript, "tabs" | "returns"> {
  const { tab, visit } = placeOf(session);
  const count = tab > 0 || visit > 0 || tabs === undefined ? 1 : Math.min(MOST_TABS, tabs(stream("tabs")));
  const next = nextVisit(session);
  if (returns === undefined || tab > 0 || next === undefined) return { tabs: count };
  if (!(stream("returns").next() < returns.share)) return { tabs: count };
  const after = Math.max(0, returns.after(stream("returnsAfter")));
  return { tabs: count, returns: { session: next, after, warm: returns.warm } };
}

/** ms that a closed user thinks before this session: the first question's think time, which an open session does not have. */
export function pauseBefore(personas: readonly LoadedPersona[], seed: number, session: number): number {
  const persona = personas[choose(personas, randomStream(seed, "persona", userOf(session)))];
  return persona ? Math.max(0, persona.think(randomStream(seed, "pause", session))) : 0;
}

function choose(personas: readonly LoadedPersona[], random: Random): number {
  const whole = personas.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * whole;
  for (let i = 0; i < personas.length; i++) {
    left -= personas[i]?.weight ?? 0;
    if (left < 0) return i;
  }
  return personas.length - 1;
}
