import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { correlation, joinedBins, meanOver, ratioOver, type Window } from "../scene/columns.ts";
import type { Place } from "../scene/places.ts";
import { stayOf } from "../scene/places.ts";
import { changeOf, type Scene, shareOfDelay } from "../scene/scene.ts";
import type { Cause, Clue, Reading } from "../types.ts";

/** A store, a tool, an embedding service: what the application asks before or beside the model. */
export const dependency: Cause = {
  name: "dependency",
  explains: ["network", "connections"],
  isResource: true,
  look(scene) {
    const { servers, places } = scene;
    const stayed = places.filter(({ kind }) => kind === "store" || kind === "service");
    const timed = servers.parts("store.query.ms").filter((part) => !stayed.some((place) => place.part === part));
    const readings = [
      ...stayed.map((place) => atPlace(scene, place)),
      ...timed.map((part) => ({
        component: part,
        title: `${part} answers too slowly, and every request waits for it.`,
        clues: queries(scene, part),
        onset: leftBaseline(scene, servers.of("store.query.ms", part)),
      })),
    ];
    const lacks =
      readings.length > 0
        ? []
        : [
            {
              needs: "store.query.ms, or the stages inside the application",
              hint: "Add the metrics pages of vector store, cache and tools to the plan's observe section, or send the application's spans.",
            },
          ];
    return { readings, lacks };
  },
};

function atPlace(scene: Scene, { part, inside, waiting, kind }: Place): Reading {
  const { facts, base, strained, residence, ttft } = scene;
  const delay = shareOfDelay(scene, inside);
  const stay = { before: stayOf(inside, facts.load, base), after: stayOf(inside, facts.load, strained) };
  const queue = changeOf(scene, waiting);
  const first = Number.isFinite(ttft.after) ? ttft.after : residence.after;
  const known = kind === "store" ? queries(scene, part) : [];
  const failed = failing(scene, part);
  return {
    component: part,
    title: `${part} answers too slowly, and every request waits for it.`,
    clues: [
      ...failed,
      // What fails at once takes no time.
      ...(failed.length > 0 ? [] : slow()),
      ...modelIdle(scene),
      ...known,
    ],
    onset: leftBaseline(scene, failed.length > 0 ? scene.servers.of("store.failed", part) : inside),
  };

  function slow(): Clue[] {
    return [
      ...clue(graded(delay, 0.2, 0.6, 2.5, 3), {
        measure: `time at ${part}`,
        unit: "ms an attempt",
        ...stay,
        words: `An attempt spends ${formatMs(stay.after)} at ${part}, ${formatMs(stay.before)} at low load: ${percent(delay)} of the delay.`,
      }),
      ...clue(graded(stay.after / first, 0.15, 0.5, 2, 2), {
        measure: `time at ${part}`,
        unit: "share of the time to the first token",
        after: stay.after / first,
        words: `That is ${percent(stay.after / first)} of the time to the first token.`,
      }),
      ...clue(graded(queue.after - (queue.before || 0), 0.3, 2, 1, 0.3), {
        measure: `waiting at ${part}`,
        unit: "requests",
        ...queue,
        words: `${figure(queue.after)} requests wait inside ${part}.`,
      }),
    ];
  }
}

/** What fails there, beside what fails at the client: as many, and at the same time. */
function failing(scene: Scene, part: string): Clue[] {
  const { servers, facts, strained, windows, harm } = scene;
  const failed = servers.of("store.failed", part);
  const rates = changeOf(scene, failed);
  const share = rates.after / meanOver(facts.load.errors, strained);
  const together = correlation(failed, facts.load.errors, joinedBins(windows.blocks));
  if (!harm.errorsRose || !(rates.after > 0)) return [];
  return [
    ...clue(graded(share, 0.2, 0.7, 3, 0), {
      measure: `store.failed of ${part}`,
      unit: "queries/s",
      ...rates,
      words: `${figure(rates.after)} calls a second fail at ${part}, ${percent(Math.min(1, share))} of what fails for users.`,
    }),
    ...clue(graded(together, 0.3, 0.8, 3, 0), {
      measure: `store.failed of ${part} with errors`,
      unit: "correlation",
      effect: together,
      test: "Pearson's correlation over bins",
      words: `Users' requests fail in the seconds in which calls fail at ${part} (r = ${figure(together)}).`,
    }),
  ];
}

function queries(scene: Scene, part: string): Clue[] {
  const { servers, base, strained, ttft } = scene;
  const own = (window: Window): number =>
    ratioOver(servers.of("store.query.ms", part), servers.of("store.query.count", part), window);
  const [before, after] = [own(base), own(strained)];
  return [
    ...clue(graded(growth(before, after), 1.3, 3, 1.5, 1), {
      measure: `store.query of ${part}`,
      unit: "ms",
      before,
      after,
      words: `A query takes ${formatMs(after)}, ${formatMs(before)} at low load.`,
    }),
    ...clue(graded(after / ttft.after, 0.1, 0.5, 2, 2), {
      measure: `store.query of ${part}`,
      unit: "share of the time to the first token",
      after: after / ttft.after,
      words: `That is ${percent(after / ttft.after)} of the time to the first token.`,
    }),
  ];
}

function modelIdle(scene: Scene): Clue[] {
  const models = scene.places.filter(({ kind }) => kind === "model");
  if (models.length === 0) return [];
  const delay = Math.max(...models.map(({ waiting }) => shareOfDelay(scene, waiting) || 0));
  return clue(graded(delay, 0.4, 0.1, 0.7, 2), {
    measure: "queue of the model",
    unit: "share of the delay",
    after: delay,
    words: `The model's own queue is ${percent(delay)} of the delay.`,
  });
}
