import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { meanOver } from "../scene/columns.ts";
import { readEngine } from "../scene/engine.ts";
import { changeOf, type Scene, shareOfDelay } from "../scene/scene.ts";
import type { Cause, Clue, Reading } from "../types.ts";

/** Every token takes longer because many answers are written at once: memory bandwidth, or compute at large batches. */
export const decode: Cause = {
  name: "decode",
  explains: [],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const parts = servers.models.filter((part) => servers.of("server.running", part) !== undefined);
    if (parts.length > 0) return { readings: parts.map((part) => atServer(scene, part)), lacks: [] };
    const lacks = [
      {
        needs: "server.running, server.kv.used",
        hint: "Add the model server's metrics page to the plan's observe section: from the client alone slow tokens are seen, not whether bandwidth, memory or a neighbour slows them.",
      },
    ];
    return { readings: [fromClient(scene)], lacks };
  },
};

/** Ms a token from which on people read faster than the model writes (about 240 words a minute). */
const READING = 190;

/** Where the pace itself is what broke, a pace that hardly grew is slow all the same. */
function tokens(scene: Scene): Clue[] {
  const { tpot, harm, facts } = scene;
  const gaps = changeOf(scene, facts.client.itlP50);
  const grew = growth(tpot.before, tpot.after);
  return [
    ...clue(graded(grew, 1.25, 2, lateStarts(scene) ? 0.5 : 2.5, harm.onPace ? 0 : 3), {
      measure: "tpot.p50",
      unit: "ms",
      ...tpot,
      words: `A token takes ${formatMs(tpot.after)}, ${formatMs(tpot.before)} at low load.`,
    }),
    ...clue(harm.onPace ? 1 : harm.fromStart && !harm.beforeFirstToken && tpot.before < READING ? -1.5 : 0, {
      measure: "broken thresholds",
      unit: "",
      words: harm.onPace
        ? `What broke (${harm.broken.join(", ")}) is the pace of the tokens itself.`
        : `At low load, where a token takes ${formatMs(tpot.before)}, it is broken, too: not the pace under load is the reason.`,
    }),
    ...firstTokens(scene),
    // Batches make every gap longer; a few long ones are pauses or prompts that are read between.
    ...clue(grew > 1.25 ? graded((growth(gaps.before, gaps.after) - 1) / (grew - 1), 0.15, 0.5, 0.3, 2.5) : 0, {
      measure: "itl.p50",
      unit: "ms",
      ...gaps,
      words: `The usual gap between tokens is ${formatMs(gaps.after)}, ${formatMs(gaps.before)} at low load.`,
    }),
  ];
}

/** Only the time to the first token broke a threshold, and it has grown or was too long from the start. */
function lateStarts({ harm, ttft }: Scene): boolean {
  return harm.beforeFirstToken && (harm.fromStart || growth(ttft.before, ttft.after) > 1.2);
}

/** Steps that a first token waits for: the one under way, and its own. */
const STEPS = 2;

/** Where only the time to the first token broke, slow steps are to blame for no more of it than a first token waits for. */
function firstTokens(scene: Scene): Clue[] {
  const { harm, tpot, ttft } = scene;
  if (!lateStarts(scene)) return [];
  const steps = STEPS * (tpot.after - tpot.before);
  const share = steps / (harm.fromStart ? ttft.after : ttft.after - ttft.before);
  return clue(graded(share, 0.1, 0.5, 0, 3), {
    measure: "ttft.mean",
    unit: "ms",
    ...ttft,
    words: `Only first tokens are too late (${harm.broken.join(", ")}), and slower steps are ${percent(Math.max(0, share))} of that.`,
  });
}

/** Reading long prompts makes every gap longer, too; only a server tells the one from the other. */
function longPrompts({ facts, strained }: Scene): Clue[] {
  const { client } = facts;
  const [input, output] = [
    meanOver(client.inputTokens, strained, client.attempts),
    meanOver(client.outputTokens, strained, client.attempts),
  ];
  return clue(graded(input / output, 8, 30, -2.5, 0), {
    measure: "input tokens for each output token",
    unit: "tokens",
    after: input / output,
    words: `Prompts have ${figure(input / output)} times as many tokens as answers: reading them may slow the writing, and no server was observed that would tell.`,
  });
}

function fromClient(scene: Scene): Reading {
  return {
    component: "model",
    title: "The model writes each word more slowly as more people ask.",
    clues: [...tokens(scene), ...spentWriting(scene), ...longPrompts(scene)],
    onset: leftBaseline(scene, scene.facts.client.tpotP50),
  };
}

function spentWriting(scene: Scene): Clue[] {
  const { residence, ttft } = scene;
  if (lateStarts(scene)) return [];
  const added = residence.after - residence.before;
  const writing = 1 - (ttft.after - ttft.before) / added;
  return clue(added > 100 ? graded(writing, 0.3, 0.7, 1.5, 1.5) : 0, {
    measure: "time after the first token",
    unit: "share of the delay",
    after: Math.max(0, Math.min(1, writing)),
    words: `${percent(Math.max(0, Math.min(1, writing)))} of the time that attempts gained comes after the first token.`,
  });
}

function atServer(scene: Scene, part: string): Reading {
  const { servers } = scene;
  const engine = readEngine(scene, part);
  const queue = shareOfDelay(scene, servers.of("server.queued", part));
  return {
    component: part,
    title: `${part} writes each word more slowly as more answers run at once.`,
    clues: [
      ...tokens(scene),
      ...spentWriting(scene),
      ...clue(graded(growth(engine.runningBefore, engine.running), 1.3, 3, 1, 1.5), {
        measure: `server.running of ${part}`,
        unit: "requests",
        before: engine.runningBefore,
        after: engine.running,
        words: `${figure(engine.running)} answers run at once, ${figure(engine.runningBefore)} at low load.`,
      }),
      ...clue(graded(queue, 0.5, 0.1, 1, 1), {
        measure: `time in the queue of ${part}`,
        unit: "share of the delay",
        after: queue,
        words: `${percent(queue)} of the delay is spent waiting for a place.`,
      }),
      ...clue(graded(engine.prefillShare, 0.65, 0.4, 0.7, 2.5), {
        measure: `prompt tokens in the steps of ${part}`,
        unit: "share of computing time",
        after: engine.prefillShare,
        words: `Reading prompts takes ${percent(engine.prefillShare)} of the engine's computing time.`,
      }),
      ...clue(graded(engine.preempted, 0.02, 0.1, -2, 0), {
        measure: `server.preempted of ${part}`,
        unit: "requests/s",
        after: engine.preempted,
        words: `${figure(engine.preempted)} running requests a second lose their memory.`,
      }),
      ...clue(graded(engine.kv, 0.98, 0.85, 0.3, 2), {
        measure: `server.kv.used of ${part}`,
        unit: "0 to 1",
        before: engine.kvBefore,
        after: engine.kv,
        words: `The KV cache is ${percent(engine.kv)} full.`,
      }),
    ],
    onset: leftBaseline(scene, scene.facts.client.tpotP50),
  };
}
