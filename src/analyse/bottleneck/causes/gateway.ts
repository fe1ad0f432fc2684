import { formatMs } from "../../../base/index.ts";
import { clue, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { ratioOver, type Window } from "../scene/columns.ts";
import { type Scene, shareOfDelay } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** The proxy's own work on a request, before it passes it on. */
export const gateway: Cause = {
  name: "gateway",
  explains: ["network"],
  isResource: true,
  look(scene) {
    const { servers, base, strained } = scene;
    const parts = servers.parts("gateway.overhead.ms");
    const readings = parts.map((part) => {
      const own = (window: Window): number =>
        ratioOver(servers.of("gateway.overhead.ms", part), servers.of("gateway.overhead.count", part), window);
      const [before, after] = [own(base), own(strained)];
      // What is slow at low load, too, has no growth to show: then its own time is compared with the whole.
      const { fromStart, beforeFirstToken } = scene.harm;
      const whole = beforeFirstToken ? scene.ttft : scene.residence;
      const share = fromStart ? after / whole.after : (after - before) / (whole.after - whole.before);
      return {
        component: part,
        title: `${part} itself takes longer for each request that it passes on.`,
        clues: [
          ...clue(graded(growth(before, after), 1.2, 3, 2, fromStart ? 0 : 2.5), {
            measure: `gateway.overhead of ${part}`,
            unit: "ms",
            before,
            after,
            words: `${part} takes ${formatMs(after)} of its own for a request, ${formatMs(before)} at low load.`,
          }),
          ...clue(graded(share, 0.15, 0.5, 2.5, 3), {
            measure: `gateway.overhead of ${part}`,
            unit: "share of the delay",
            after: share,
            words: `That is ${percent(share)} of the delay.`,
          }),
          ...clue(graded(queued(scene), 0.4, 0.1, 0.5, 1.5), {
            measure: "queues behind it",
            unit: "share of the delay",
            after: queued(scene),
            words: `What stands behind it queues for ${percent(queued(scene))} of the delay.`,
          }),
        ],
        onset: leftBaseline(scene, servers.of("gateway.overhead.ms", part)),
      };
    });
    const lacks =
      parts.length > 0 || !servers.has("gateway.active")
        ? []
        : [
            {
              needs: "gateway.overhead.ms",
              hint: "Expose the gateway's own time for a request (LiteLLM's litellm_overhead_latency_metric, for one) to tell it from the time behind it.",
            },
          ];
    return { readings, lacks };
  },
};

function queued(scene: Scene): number {
  return Math.max(0, ...scene.places.map(({ waiting }) => shareOfDelay(scene, waiting) || 0));
}
