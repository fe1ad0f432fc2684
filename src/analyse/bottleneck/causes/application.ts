import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { quantileOver } from "../scene/columns.ts";
import { changeOf, type Scene, shareOfDelay } from "../scene/scene.ts";
import type { Cause, Clue } from "../types.ts";

/** The application's own process has no CPU left, or its event loop is late. */
export const application: Cause = {
  name: "application",
  explains: ["connections", "gateway", "network"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const parts = new Set(
      (["process.cpu", "process.loop.lag", "process.waiting", "host.cpu"] as const).flatMap((concept) =>
        servers.parts(concept),
      ),
    );
    const own = [...parts].filter((part) => !servers.models.includes(part));
    const readings = own.map((part) => ({
      component: part,
      title: `${part} itself has no computing time left.`,
      clues: [...waits(scene, part), ...lag(scene, part), ...cores(scene, part)],
      onset:
        leftBaseline(scene, servers.of("process.waiting", part)) ??
        leftBaseline(scene, servers.of("process.loop.lag", part)) ??
        leftBaseline(scene, servers.of("process.cpu", part)),
    }));
    const lacks =
      own.length > 0
        ? []
        : [
            {
              needs: "process.cpu, process.loop.lag",
              hint: "Name the application's process (pid or port) or its metrics page in the plan's observe section to see its CPU and event loop.",
            },
          ];
    return { readings, lacks };
  },
};

function waits(scene: Scene, part: string): Clue[] {
  const column = scene.servers.of("process.waiting", part);
  const share = shareOfDelay(scene, column);
  const queue = changeOf(scene, column);
  return clue(graded(share, 0.1, 0.5, 3, 2), {
    measure: `process.waiting of ${part}`,
    unit: "pieces of work",
    ...queue,
    words: `${figure(queue.after)} pieces of work wait for a core of ${part}, ${percent(share)} of the delay.`,
  });
}

function lag(scene: Scene, part: string): Clue[] {
  const late = changeOf(scene, scene.servers.of("process.loop.lag", part));
  return clue(graded(late.after / scene.ttft.after, 0.03, 0.3, 3, 2), {
    measure: `process.loop.lag of ${part}`,
    unit: "ms",
    ...late,
    words: `Its event loop is ${formatMs(late.after)} late, ${formatMs(late.before)} at low load.`,
  });
}

function cores(scene: Scene, part: string): Clue[] {
  const { servers, strained } = scene;
  const cpu = servers.of("process.cpu", part);
  const used = changeOf(scene, cpu);
  const top = quantileOver(cpu, strained, 0.9);
  const host = changeOf(scene, servers.of("host.cpu", part));
  // One that computes in a single thread has no more than one core, whatever the host has.
  const whole = Math.max(1, Math.round(top));
  const full = top > 0.85 ? used.after / whole : 0;
  return [
    ...clue(graded(host.after, 0.75, 0.95, 2, 1), {
      measure: `host.cpu of ${part}`,
      unit: "0 to 1",
      ...host,
      words: `${percent(host.after)} of its host's CPU is in use.`,
    }),
    ...clue(Number.isFinite(used.after) ? graded(full, 0.7, 0.95, 1.5, 2) : Number.NaN, {
      measure: `process.cpu of ${part}`,
      unit: "cores",
      ...used,
      words: `It uses ${figure(used.after)} cores, ${figure(used.before)} at low load.`,
    }),
    ...clue(growth(used.before, used.after) < 1.1 ? -0.5 : 0, {
      measure: `process.cpu of ${part}`,
      unit: "cores",
      ...used,
      words: "Its use of CPU does not grow.",
    }),
  ];
}
