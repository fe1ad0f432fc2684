import { parentPort, workerData } from "node:worker_threads";
import { clockSince, redactor, startTicks } from "../base/index.ts";
import { loadHooks } from "../plan/index.ts";
import { createClient } from "../protocols/index.ts";
import { loadWorkload } from "../workload/index.ts";
import { Board } from "./board.ts";
import { calibrate } from "./calibrate.ts";
import { regionalClient } from "./distant-client.ts";
import { LoadDriver, shareOf } from "./driver.ts";
import { Health } from "./health.ts";
import { HookRunner } from "./hook-runner.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";
import { TimerPacer } from "./pacer.ts";
import { RowWriter } from "./row-writer.ts";

/** ms between looks at deadlines, health and unsent rows. */
const TICK = 20;

if (parentPort === null) throw new Error("worker-main runs as a load worker's thread only");
const conductor = parentPort;
const start = workerData as WorkerStart;
const { worker, workers, plan, recorder } = start;
const say = (message: FromWorker): void => conductor.postMessage(message);

const workload = loadWorkload(plan, { checked: true });
const board = new Board(workers, start.board);
const calibration = start.calibration === undefined ? undefined : await calibrate(start.calibration, plan.target);

const hooks =
  plan.hooks === undefined
    ? undefined
    : new HookRunner({ hooks: await loadHooks(plan.hooks.file), file: plan.hooks.file }, board, worker, (error) => {
        driver?.stop();
        say({ kind: "failed", worker, faults: error.faults, exitCode: error.exitCode });
      });

let driver: LoadDriver | undefined;
let close: () => void = () => recorder.postMessage({ kind: "closed", worker });

/** What each word of the conductor does. */
const ANSWERS: { readonly [K in ToWorker["kind"]]: (message: Extract<ToWorker, { kind: K }>) => void } = {
  go: (message) => begin(message.epoch),
  stop: () => driver?.stop(),
  cancel: () => {
    driver?.stop();
    driver?.cancel();
  },
  close: () => {
    close();
    say({ kind: "closed", worker });
    // Nothing is left to wait for: the thread ends by itself, once its last messages are out.
    conductor.close();
  },
};

function begin(epoch: number): void {
  const clock = clockSince(epoch);
  const client = regionalClient(
    plan,
    clock,
    () => new TimerPacer(clock),
    (target) =>
      createClient(target, clock, {
        maxSockets: Math.max(1, shareOf(target.connections.max, worker, workers)),
        redact: redactor(plan.secrets),
      }),
  );
  const rows = new RowWriter({ plan, worker, board, recorder });
  const pacer = new TimerPacer(clock);
  driver = new LoadDriver({ plan, workload, client, clock, pacer, board, rows, worker, workers, hooks });
  const health = new Health(board, worker);
  const stopTicks = startTicks(clock, TICK, (now, late) => {
    client.sweep(now);
    health.tick(now, late);
    rows.tick(now);
    board.set(worker, "inFlight", client.inFlight);
    board.set(worker, "requestsWaiting", client.waiting);
    board.set(worker, "socketsOpen", client.openSockets);
  });
  close = () => {
    stopTicks();
    client.close();
    rows.close();
  };
  driver.onIdle(() => say({ kind: "idle", worker }));
  driver.start();
}

conductor.on("message", (message: ToWorker) => {
  const answer = ANSWERS[message.kind] as (message: ToWorker) => void;
  answer(message);
});
say({ kind: "ready", worker, calibration });
