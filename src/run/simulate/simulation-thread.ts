import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Board } from "../../load/index.ts";
import type { RunEvent } from "../../record/index.ts";
import { resolveStack } from "../../twin/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { dealtOut } from "./split.ts";
import type { FromThread, ThreadStart, ToThread } from "./thread-messages.ts";
import { World } from "./world.ts";

/** Rows on their way to the recorder beyond which the thread waits for it. */
const AHEAD = 32_768;

if (parentPort === null) throw new Error("simulation-thread runs as a thread of a simulation only");
const conductor = parentPort;
const { thread, threads, plan, stack, fastForward, board, recorder } = workerData as ThreadStart;
const workload = loadWorkload(plan, { checked: true });
const dealing = dealtOut(plan, resolveStack(stack));
if ("why" in dealing) throw new Error(`this simulation cannot be split: ${dealing.why}`);
let events: RunEvent[] = [];
const world = new World({
  plan,
  workload,
  spec: dealing.spec,
  fastForward,
  board: new Board(threads, board),
  recorder,
  thread,
  threads,
  dealing,
  event: (event) => events.push(event),
});

const ANSWERS: { readonly [K in ToThread["kind"]]: (message: Extract<ToThread, { kind: K }>) => void } = {
  advance: ({ to }) => world.advance(to),
  stop: () => world.stop(),
  cancel: () => world.cancel(),
  close: () => world.close(),
};

async function answer(message: ToThread): Promise<void> {
  const act = ANSWERS[message.kind] as (message: ToThread) => void;
  act(message);
  while (message.kind === "advance" && world.backlog > AHEAD) await setImmediate();
  const said: FromThread = {
    now: world.now,
    idle: world.idle,
    tallies: world.tallies(),
    gauges: world.gauges().filter(({ replica }) => replica === undefined || replica % threads === thread),
    events,
  };
  events = [];
  conductor.postMessage(said);
  if (message.kind === "close") conductor.close();
}

conductor.on("message", (message: ToThread) => {
  answer(message).catch((error: unknown) => {
    // An error of a message's handler must end the thread, as one of its own code would.
    queueMicrotask(() => {
      throw error;
    });
  });
});
