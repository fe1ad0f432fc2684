import { type Random, randomStream } from "../base/index.ts";
import { contentText } from "../protocols/index.ts";
import type { Sampler } from "./distributions.ts";
import type { PromptEntry, PromptPool } from "./prompts/index.ts";
import type { SessionScript, TurnScript } from "./types.ts";

/** A persona with its tables built. */
export interface LoadedPersona {
  readonly weight: number;
  readonly prompts: PromptPool;
  /** `undefined`: as many as the first entry has. */
  readonly turns: Sampler | undefined;
  readonly think: Sampler;
  readonly patience: Sampler | undefined;
  readonly maxTokens: Sampler | undefined;
}

/**
 * Every draw has a stream of its own (purpose, session, turn), so that a change of one thing moves nothing else. `ordinal` counts the sessions of the
 * run from 0.
 */
export function sessionScript(
  personas: readonly LoadedPersona[],
  seed: number,
  session: number,
  ordinal: number,
): SessionScript {
  const index = choose(personas, randomStream(seed, "persona", session));
  const persona = personas[index];
  if (persona === undefined) return { session, persona: index, system: undefined, turns: [] };
  const stream = (purpose: string, turn: number): Random => randomStream(seed, purpose, session, turn);
  const sessionStream = (purpose: string): Random => randomStream(seed, purpose, session);
  let draws = 0;
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
  const turns: TurnScript[] = [];
  let used = 0;
  for (let turn = 0; turn < count; turn++) {
    if (used === entry.turns.length) {
      entry = draw(turn);
      used = 0;
    }
    const content = entry.turns[used]?.content ?? "";
    const { tools, responseFormat, answer } = entry;
    const last = used === entry.turns.length - 1;
    turns.push({
      promptId: entry.turns.length === 1 ? entry.id : `${entry.id}.${used + 1}`,
      prompt: contentText(content),
      content,
      ...(tools === undefined ? {} : { tools }),
      ...(responseFormat === undefined ? {} : { responseFormat }),
      ...(answer === undefined || !last ? {} : { answer }),
      think: turn === 0 ? 0 : Math.max(0, persona.think(stream("think", turn))),
      patience: persona.patience ? Math.max(0, persona.patience(stream("patience", turn))) : Number.POSITIVE_INFINITY,
      maxTokens: persona.maxTokens ? persona.maxTokens(stream("maxTokens", turn)) : undefined,
    });
    used++;
  }
  return { session, persona: index, system, turns };
}

/** ms that a closed user thinks before this session: the first question's think time, which an open session does not have. */
export function pauseBefore(personas: readonly LoadedPersona[], seed: number, session: number): number {
  const persona = personas[choose(personas, randomStream(seed, "persona", session))];
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
