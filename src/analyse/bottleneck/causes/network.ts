import { type ConceptName, formatMs } from "../../../base/index.ts";
import type { Column } from "../../facts/types.ts";
import { clue, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { folded, meanOver, ratioOver, type Window } from "../scene/columns.ts";
import { stayOf } from "../scene/places.ts";
import { changeOf, type Scene, shareOf } from "../scene/scene.ts";
import type { Cause, Clue } from "../types.ts";

/** The way between the generator and the first server that was observed. */
export const network: Cause = {
  name: "network",
  explains: [],
  isResource: true,
  look(scene) {
    const { facts } = scene;
    const connect = changeOf(scene, facts.client.connectP95);
    return {
      readings: [
        {
          component: "network",
          title: "The network between the users and the service is slow or breaks.",
          clues: [
            ...clue(graded(growth(connect.before, connect.after), 1.3, 3, 2, 2), {
              measure: "connect.p95",
              unit: "ms",
              ...connect,
              words: `A connection takes ${formatMs(connect.after)} to open, ${formatMs(connect.before)} at low load.`,
            }),
            ...clue(
              graded((connect.after - connect.before) / (scene.ttft.after - scene.ttft.before), 0.05, 0.4, 1.5, 2),
              {
                measure: "connect.p95",
                unit: "share of the delay",
                words: `Opening connections is ${percent((connect.after - connect.before) / (scene.ttft.after - scene.ttft.before))} of what first tokens gained.`,
              },
            ),
            ...broken(scene),
            ...betweenUs(scene),
          ],
          onset: leftBaseline(scene, facts.client.connectP95),
        },
      ],
      lacks: scene.servers.has("server.ttft.ms")
        ? []
        : [
            {
              needs: "server.ttft.ms",
              hint: "Observe a server that tells its own time to the first token (vLLM, SGLang): the client's minus the server's is the way between them.",
            },
          ],
    };
  },
};

function broken(scene: Scene): Clue[] {
  const { facts, base, strained } = scene;
  const before = shareOf(scene, facts.client.severed, base);
  const after = shareOf(scene, facts.client.severed, strained);
  return clue(graded(after - before, 0.005, 0.05, 2, 0), {
    measure: "outcomes.severed.rate",
    unit: "share of attempts",
    before,
    after,
    words: `${percent(after)} of the answers broke off, ${percent(before)} at low load.`,
  });
}

/** Servers before the model; where none is observed, what lies between may be anything. */
const FRONTS = ["gateway.active", "gateway.retries", "connections.used", "connections.waiting"] as const;

/** Calls of a model for an attempt, from which on its first token is not the first call's. */
const SEVERAL = 1.3;

/** The first token as the client sees it, less as the server sees it, and less what was seen to be spent elsewhere on the way. */
function betweenUs(scene: Scene): Clue[] {
  const { servers, facts, base, strained, harm, ttft } = scene;
  const parts = servers.parts("server.ttft.ms");
  if (parts.length === 0)
    return clue(-1.5, {
      measure: "server.ttft",
      unit: "ms",
      words: "No server tells its own time to the first token, so the way there cannot be told from the server.",
    });
  const all = (concept: ConceptName): Column | undefined =>
    folded(
      servers.parts(concept).flatMap((part) => servers.of(concept, part) ?? []),
      "sum",
    );
  const [told, count, proxied, passed] = [
    all("server.ttft.ms"),
    all("server.ttft.count"),
    all("gateway.overhead.ms"),
    all("gateway.overhead.count"),
  ];
  const elsewhere = scene.places.filter(({ kind }) => kind !== "model").map(({ inside }) => inside);
  const computed = servers
    .parts("process.cpu")
    .filter((part) => !servers.models.includes(part))
    .map((part) => servers.of("process.cpu", part));
  const held = [...elsewhere, all("process.waiting"), ...computed];
  const models = servers.models.map(
    (part) => scene.places.find((place) => place.kind === "model" && place.part === part)?.inside,
  );
  const calls = meanOver(count, strained) / meanOver(facts.load.ended, strained);
  // Who asks a model several times waits for whole answers before the first token: then it is all that is in flight, less what is in a place that was seen.
  const unseen = (window: Window): number =>
    [...held, ...models].reduce(
      (rest, column) => rest - (stayOf(column, facts.load, window) || 0),
      stayOf(facts.load.inFlight, facts.load, window),
    );
  const between = (window: Window): number => {
    if (calls > SEVERAL) return unseen(window);
    const stays = held.reduce((sum, column) => sum + (stayOf(column, facts.load, window) || 0), 0);
    const own = (ratioOver(proxied, passed, window) || 0) + stays;
    return meanOver(facts.client.ttftMean, window, facts.client.attempts) - ratioOver(told, count, window) - own;
  };
  const [before, after] = [between(base), between(strained)];
  const grew = growth(ttft.before, ttft.after) > 1.3;
  const isLevel = harm.fromStart && harm.beforeFirstToken;
  const share = isLevel ? after / ttft.after : (after - before) / (ttft.after - ttft.before);
  const isKnown =
    Number.isFinite(facts.client.connectP95.find(Number.isFinite)) || FRONTS.some((one) => servers.has(one));
  return clue(isLevel || grew ? graded(share, 0.3, 0.75, isKnown ? 3 : 1.5, 3) : -1, {
    measure: `ttft, less server.ttft of ${parts.join(", ")}`,
    unit: "ms",
    before,
    after,
    words: `Between the client and ${parts.join(", ")} ${formatMs(after)} pass before the first token that no server accounts for, ${formatMs(before)} at low load.`,
  });
}
