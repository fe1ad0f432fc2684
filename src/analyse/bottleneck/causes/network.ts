import { formatMs } from "../../../base/index.ts";
import { clue, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { meanOver, ratioOver, type Window } from "../scene/columns.ts";
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
  return clue(graded(after - before, 0.005, 0.05, 2, 0.5), {
    measure: "outcomes.severed.rate",
    unit: "share of attempts",
    before,
    after,
    words: `${percent(after)} of the answers broke off, ${percent(before)} at low load.`,
  });
}

/** The first token as the client sees it, less as the server sees it. */
function betweenUs(scene: Scene): Clue[] {
  const { servers, facts, base, strained } = scene;
  const [part] = servers.parts("server.ttft.ms");
  if (part === undefined)
    return clue(-1.5, {
      measure: "server.ttft",
      unit: "ms",
      words: "No server tells its own time to the first token, so the way there cannot be told from the server.",
    });
  const own = (window: Window): number =>
    ratioOver(servers.of("server.ttft.ms", part), servers.of("server.ttft.count", part), window);
  const between = (window: Window): number =>
    meanOver(facts.client.ttftMean, window, facts.client.attempts) - own(window);
  const [before, after] = [between(base), between(strained)];
  const share = (after - before) / (scene.ttft.after - scene.ttft.before);
  const grew = growth(scene.ttft.before, scene.ttft.after) > 1.3;
  return clue(grew ? graded(share, 0.2, 0.7, 2, 3) : -1, {
    measure: `ttft, less server.ttft of ${part}`,
    unit: "ms",
    before,
    after,
    words: `Between the client and ${part} ${formatMs(after)} pass before the first token, ${formatMs(before)} at low load.`,
  });
}
