import { World, type WorldParts } from "./world.ts";
import type { Worlds } from "./worlds.ts";

/** All of it in this thread. */
export function oneWorld(parts: Omit<WorldParts, "thread" | "threads">): Worlds {
  const world = new World({ ...parts, thread: 0, threads: 1 });
  return {
    threads: 1,
    get now() {
      return world.now;
    },
    get idle() {
      return world.idle;
    },
    at: (time, run) => world.at(time, run),
    advance: (to) => world.advance(to),
    stop: () => world.stop(),
    cancel: () => world.cancel(),
    tallies: () => [world.tally()],
    gauges: () => world.gauges(),
    close: () => world.close(),
  };
}
