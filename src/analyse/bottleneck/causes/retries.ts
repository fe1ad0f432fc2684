import { clue, figure, graded, growth, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { meanOver, ratioOver, type Window } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import type { Cause, Clue, Reading } from "../types.ts";

/** Requests that are sent again load the target with work that nobody waits for any more. */
export const retries: Cause = {
  name: "retries",
  explains: ["batch-limit", "decode", "prefill", "kv-cache", "connections"],
  isResource: true,
  look(scene) {
    const { servers, facts } = scene;
    const readings: Reading[] = servers.parts("gateway.retries").flatMap((part) => {
      const column = servers.of("gateway.retries", part);
      return storm(scene, part, column) ?? [];
    });
    const own = facts.client.retries.map((count) => (count / facts.width) * 1000);
    readings.push(...(storm(scene, "clients", own) ?? []));
    if (!servers.has("gateway.retries")) readings.push(...unheard(scene));
    return { readings, lacks: [] };
  },
};

function storm(
  scene: Scene,
  part: string,
  column: Scene["facts"]["load"]["started"] | undefined,
): Reading[] | undefined {
  const { facts, servers, base, strained } = scene;
  // The generator's own repeats are among what it starts.
  const first =
    part === "clients" ? facts.load.started.map((all, bin) => all - (column?.[bin] || 0)) : facts.load.started;
  const share = (window: Window): number => ratioOver(column, first, window);
  const [before, after] = [share(base), share(strained)];
  if (!(after > 0)) return undefined;
  const given = servers.of("gateway.timeouts", part);
  return [
    {
      component: part,
      title:
        part === "clients"
          ? "Questions that fail are asked again, and so make everything later still."
          : `${part} asks again when answers are late, and so makes them later still.`,
      clues: [
        ...clue(graded(after, 0.1, 0.6, 3, 2.5), {
          measure: part === "clients" ? "retries" : `gateway.retries of ${part}`,
          unit: "retries an attempt",
          before,
          after,
          words: `For each request ${figure(after)} more are sent again, ${figure(before)} at low load.`,
        }),
        ...clue(meanOver(given, strained) > 0 ? 1 : 0, {
          measure: `gateway.timeouts of ${part}`,
          unit: "requests/s",
          before: meanOver(given, base),
          after: meanOver(given, strained),
          words: `${figure(meanOver(given, strained))} tries a second are given up, though the work behind goes on.`,
        }),
        ...amplified(scene),
      ],
      onset: firstBeyond(scene, ratioColumn(column, first), Math.max(0.05, before * 2 || 0)),
    },
  ];
}

/** Where no proxy tells of its retries: the model holds more requests than there are users who wait. */
function unheard(scene: Scene): Reading[] {
  const { servers, base, strained } = scene;
  const [before, after] = [heldFor(scene, base), heldFor(scene, strained)];
  if (servers.models.length === 0 || !(after > 1)) return [];
  return [
    {
      component: servers.models.length === 1 ? (servers.models[0] ?? "model") : "models",
      title: "The model works on requests that nobody waits for any more.",
      clues: [
        ...clue(graded(after, 1.15, 1.8, 3, 3), {
          measure: "requests at the model, for each that a user waits for",
          unit: "requests",
          before,
          after,
          words: `The model holds ${figure(after)} requests for each one that a user waits for.`,
        }),
        ...clue(graded(growth(before, after), 1.1, 1.6, 1.5, 2), {
          measure: "requests at the model, for each that a user waits for",
          unit: "requests",
          before,
          after,
          words: `At low load it holds ${figure(before)}: repeats or forsaken work have come, not other users.`,
        }),
      ],
      onset: undefined,
    },
  ];
}

/** Requests behind, for each one before: more than at low load only where something multiplies them. */
function amplified(scene: Scene): Clue[] {
  const { servers, base, strained } = scene;
  const [before, after] = [heldFor(scene, base), heldFor(scene, strained)];
  return clue(servers.models.length === 0 ? 0 : graded(growth(before, after), 1.1, 2, 1.5, 0), {
    measure: "requests at the model, of those that users wait for",
    unit: "share",
    before,
    after,
    words: `The model holds ${percent(after)} of the requests that users wait for, ${percent(before)} at low load.`,
  });
}

function heldFor({ servers, facts }: Scene, window: Window): number {
  const inside = servers.models.map((part) => meanOver(servers.of("server.running", part), window) || 0);
  const queued = servers.models.map((part) => meanOver(servers.of("server.queued", part), window) || 0);
  const all = [...inside, ...queued].reduce((sum, value) => sum + value, 0);
  return all / meanOver(facts.load.inFlight, window);
}

function ratioColumn(above: Scene["facts"]["load"]["started"] | undefined, below: Scene["facts"]["load"]["started"]) {
  return below.map((value, bin) => (value > 0 ? (above?.[bin] || 0) / value : Number.NaN));
}
