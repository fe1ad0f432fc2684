import { randomStream } from "../../../base/index.ts";
import { standardNormal } from "../../../stats/index.ts";
import { createEngine } from "../../engine/index.ts";
import type { EngineSpec } from "../../engine/types.ts";
import type { Episode, Observed } from "../types.ts";

export interface Conversations {
  readonly count: number;
  /** New ones a second. */
  readonly rate: number;
  /** Tokens that all of them begin with. */
  readonly system: number;
  /** Questions of each, at most. */
  readonly turns: number;
  /** Median tokens of a question and of an answer. */
  readonly question: number;
  readonly answer: number;
}

const STRETCH = 2 ** 24;

/**
 * What an engine with a prefix cache makes of conversations: a common beginning, then questions and answers, each turn on top of all before it and sent a
 * while after the last answer. Content is known to the block, so that the cache finds what it would find.
 */
export function converse(
  spec: EngineSpec,
  of: Conversations,
  seed: number,
): { readonly episode: Episode; readonly preemptions: number } {
  const random = randomStream(seed, "conversations");
  const engine = createEngine(spec, randomStream(seed, "conversations", "engine"), { fastForward: true });
  const length = (median: number): number => Math.max(4, Math.round(median * Math.exp(0.7 * standardNormal(random))));
  const exponential = (mean: number): number => -Math.log(1 - random.next()) * mean;
  const due: { at: number; session: number; turn: number; history: number; turns: number }[] = [];
  let start = 0;
  for (let session = 0; session < of.count; session++) {
    start += exponential(1000 / of.rate);
    due.push({ at: start, session, turn: 0, history: 0, turns: 1 + Math.floor(random.next() * of.turns) });
  }
  const requests: Observed[] = [];
  let preemptions = 0;
  for (let id = 0; ; ) {
    due.sort((a, b) => b.at - a.at);
    const next = due.at(-1);
    if (next === undefined && !Number.isFinite(engine.nextAt)) break;
    if (next === undefined || engine.nextAt <= next.at) {
      engine.advance(engine.nextAt);
      continue;
    }
    due.pop();
    engine.advance(next.at);
    const { session, turn, history, turns, at } = next;
    const inputTokens = (turn === 0 ? of.system : history) + length(of.question);
    const outputTokens = length(of.answer);
    // Equal from its first token to its last: the common beginning, then whatever the conversation holds.
    const content = (block: number): number =>
      (block + 1) * spec.blockSize <= of.system ? block + 1 : (session + 1) * STRETCH + block;
    engine.submit(
      {
        id: id++,
        inputTokens,
        outputTokens,
        priority: 0,
        blockHashes: Float64Array.from({ length: Math.floor(inputTokens / spec.blockSize) }, (_, k) => content(k)),
        answerBlockHash: content,
        cell: 0,
        listener: {
          firstToken: () => undefined,
          finished: (end, figures) => {
            preemptions += figures.preemptions;
            requests.push({
              arrivedAt: at,
              scheduledAt: figures.firstScheduledAt,
              firstTokenAt: figures.firstTokenAt,
              lastTokenAt: end,
              inputTokens,
              outputTokens,
              cachedTokens: figures.cachedTokens,
              conversation: String(session),
            });
            if (turn + 1 < turns)
              due.push({
                at: end + exponential(2000),
                session,
                turn: turn + 1,
                history: inputTokens + outputTokens,
                turns,
              });
          },
        },
      },
      at,
    );
  }
  requests.sort((a, b) => a.arrivedAt - b.arrivedAt);
  return { episode: { kind: "run", requests }, preemptions };
}
