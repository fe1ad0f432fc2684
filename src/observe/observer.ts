import { monotonicMs, startThread } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import { observerSettings } from "./observer-settings.ts";
import type { FromObserver, ToObserver } from "./settings.ts";
import type { Observer, ObserverEvents } from "./types.ts";

/** ms that a run waits for the thread's start, discovery and the baseline (four seconds at most, but on a machine that is overloaded), and for the last scrape. */
const BASELINE = 10_000;
const LAST = 8000;
/** MiB: beyond it the thread ends and the run goes on. */
const HEAP = 512;

/** Nothing is observed. */
const NOTHING: Observer = { go: () => {}, stop: async () => {} };

/**
 * Starts what the plan observes in a thread of its own, and resolves once the baseline is there, or after {@link BASELINE}. Never rejects: an
 * observer that cannot start or is lost is an event, and the run goes on.
 */
export async function startObserver(plan: Plan, events: ObserverEvents): Promise<Observer> {
  const settings = observerSettings(plan);
  if (settings === undefined) return NOTHING;
  const thread = startThread(import.meta.url, "observer-thread", {
    workerData: settings,
    name: "plimsoll-observer",
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  const ready = signal();
  const stopped = signal();
  let isOver = false;
  let zero: number | undefined;
  const lose = (why: string): void => {
    if (!isOver)
      events.event({ at: zero === undefined ? 0 : monotonicMs() - zero, name: "observer-lost", detail: { why } });
    isOver = true;
    ready.settle();
    stopped.settle();
  };
  thread.on("message", (message: FromObserver) => {
    if (message.kind === "ready") return ready.settle();
    if (message.kind === "stopped") {
      isOver = true;
      return stopped.settle();
    }
    if (message.points.length > 0) events.points(message.points);
    for (const event of message.events) events.event(event);
  });
  thread.on("error", (error) => lose(error instanceof Error ? error.message : String(error)));
  thread.on("exit", () => lose("its thread has ended"));
  const post = (message: ToObserver): void => thread.postMessage(message);
  await within(BASELINE, ready.settled);
  return {
    go(epoch) {
      zero = epoch;
      post({ kind: "go", epoch });
    },
    async stop() {
      if (isOver) return;
      post({ kind: "stop" });
      await within(LAST, stopped.settled);
      isOver = true;
      await thread.terminate();
    },
  };
}

function signal(): { readonly settled: Promise<void>; settle(): void } {
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
