import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { correlation, joinedBins, ratioOver } from "../scene/columns.ts";
import { type Engine, readEngine } from "../scene/engine.ts";
import { changeOf, type Scene } from "../scene/scene.ts";
import type { Cause, Clue } from "../types.ts";

/** Reading prompts takes the engine's time: first tokens come late, and running answers stand still meanwhile. */
export const prefill: Cause = {
  name: "prefill",
  explains: ["decode"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const readings = servers.models
      .filter((part) => servers.of("server.prompt.tokens", part) !== undefined)
      .map((part) => {
        const engine = readEngine(scene, part);
        return {
          component: part,
          title: `${part} spends its time reading prompts, so first words come late.`,
          clues: [...work(part, engine), ...told(scene, part), ...waiting(scene, engine), ...interference(scene, part)],
          onset: leftBaseline(scene, scene.facts.client.ttftMean),
        };
      });
    const lacks =
      readings.length > 0
        ? []
        : [
            {
              needs: "server.prompt.tokens",
              hint: "Add the model server's metrics page to the plan's observe section to see what its steps hold.",
            },
          ];
    return { readings, lacks };
  },
};

function work(part: string, engine: Engine): Clue[] {
  return [
    ...clue(graded(engine.prefillShare, 0.35, 0.7, 2.5, 2.5), {
      measure: `prompt tokens in the steps of ${part}`,
      unit: "share of computing time",
      before: engine.prefillShareBefore,
      after: engine.prefillShare,
      words: `Reading prompts takes ${percent(engine.prefillShare)} of the engine's computing time.`,
    }),
    ...clue(graded(engine.busy, 0.6, 0.92, 1, 1.5), {
      measure: `server.busy of ${part}`,
      unit: "0 to 1",
      after: engine.busy,
      words: `The engine computes ${percent(engine.busy)} of the time.`,
    }),
    ...clue(graded(engine.cached, 0.6, 0.05, 0.5, 1), {
      measure: `server.prompt.cached of ${part}`,
      unit: "share of prompt tokens",
      before: engine.cachedBefore,
      after: engine.cached,
      words: `${percent(engine.cached)} of the prompt tokens come from the prefix cache.`,
    }),
    ...clue(engine.preempted > 0.05 ? -1 : 0, {
      measure: `server.preempted of ${part}`,
      unit: "requests/s",
      after: engine.preempted,
      words: `${figure(engine.preempted)} requests a second begin again, which reads prompts twice.`,
    }),
  ];
}

/** What the server itself says that the prefill of a request takes, from its last scheduling to its first token. */
function told(scene: Scene, part: string): Clue[] {
  const { servers, base, strained, ttft } = scene;
  const own = (window: typeof base): number =>
    ratioOver(servers.of("server.prefill.ms", part), servers.of("server.prefill.count", part), window);
  const [before, after] = [own(base), own(strained)];
  const grew = ttft.after > ttft.before * 1.2;
  const share = grew ? (after - before) / (ttft.after - ttft.before) : after / ttft.after;
  return clue(graded(share, 0.15, 0.5, 2.5, 2), {
    measure: `server.prefill of ${part}`,
    unit: "ms a request",
    before,
    after,
    words: `The server itself reads a prompt for ${formatMs(after)}, ${formatMs(before)} at low load.`,
  });
}

function waiting(scene: Scene, engine: Engine): Clue[] {
  const { ttft } = scene;
  return [
    ...clue(graded(growth(ttft.before, ttft.after), 1.2, 3, 1, 1.5), {
      measure: "ttft.mean",
      unit: "ms",
      ...ttft,
      words: `The first token takes ${formatMs(ttft.after)}, ${formatMs(ttft.before)} at low load.`,
    }),
    ...clue(graded(engine.plateau, 0.85, 0.4, 0.5, 1.5), {
      measure: "server.running",
      unit: "share of queued time at the most",
      after: engine.plateau,
      words: `While requests wait, the batch is full ${percent(engine.plateau)} of the time.`,
    }),
  ];
}

/** Gaps of running answers that grow in the very seconds in which prompts are read. */
function interference(scene: Scene, part: string): Clue[] {
  const { servers, facts } = scene;
  const together = correlation(
    servers.of("server.prompt.tokens", part),
    facts.client.itlP99,
    joinedBins(scene.windows.blocks),
  );
  const gaps = changeOf(scene, facts.client.itlP99);
  return clue(together > 0.4 ? graded(together, 0.4, 0.8, 1.5, 0) : 0, {
    measure: "itl.p99 with prompt tokens",
    unit: "correlation",
    ...gaps,
    effect: together,
    test: "Pearson's correlation over bins",
    words: `Running answers stand still in the seconds in which prompts are read (r = ${figure(together)}).`,
  });
}
