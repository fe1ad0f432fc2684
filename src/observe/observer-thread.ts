import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { clockSince, startTicks, yieldToOthers } from "../base/index.ts";
import type { ObserveEventName } from "./event-names.ts";
import { seriesRoom } from "./mapping/reader.ts";
import { Rota } from "./rota.ts";
import type { FromObserver, ObserverSettings, Told, ToObserver } from "./settings.ts";
import { discover } from "./sources/discover.ts";
import { PageSource } from "./sources/page.ts";
import { ProcessSource } from "./sources/process.ts";
import { PrometheusServerSource } from "./sources/prometheus-server.ts";
import type { Source } from "./sources/types.ts";
import { Watch } from "./watch.ts";

/** ms that a look may take: on the beat, and before and after the load, when the run waits for it. */
const PATIENCE = { beat: 5000, edge: 2000 } as const;

/** The observer's thread: looks at every source on the beat. Started by observer.ts with its settings. */
async function main(settings: ObserverSettings, conductor: MessagePort): Promise<void> {
  const tell = (message: FromObserver): void => conductor.postMessage(message);
  const clock = clockSince(0);
  /** What was told before the run's zero was known. */
  let early: Told[] | undefined = [];
  let epoch = 0;
  const pass = ({ points, events }: Told): void => {
    const shift = <T extends { readonly at: number }>(list: readonly T[]): T[] =>
      list.map((entry) => ({ ...entry, at: entry.at - epoch }));
    tell({ kind: "told", points: shift(points), events: shift(events) });
  };
  const take = (told: Told): void => {
    if (early === undefined) pass(told);
    else early.push(told);
  };

  const room = seriesRoom();
  const whenOpen = sources(settings, take, clock.now).then((all) =>
    all.map((source) => new Watch({ source, clock, room, tell: take })),
  );
  let stopTicks = (): void => {};
  let isStopped = false;

  const go = (zero: number): void => {
    // Not earlier: there is nothing to give way to before the load, and a busy machine would keep the baseline waiting.
    yieldToOthers();
    epoch = zero;
    const told = early ?? [];
    early = undefined;
    for (const each of told) pass(each);
    void whenOpen.then((watches) => {
      if (isStopped) return;
      const rota = new Rota(watches, settings.every);
      stopTicks = startTicks(clock, rota.step, (_now, late) => {
        // Never rejects for what a source does; a fault of our own ends the thread, and the run goes on without it.
        for (const watch of rota.due(late)) void watch.look(PATIENCE.beat);
      });
    });
  };
  const stop = async (): Promise<void> => {
    isStopped = true;
    stopTicks();
    const watches = await whenOpen;
    await Promise.all(watches.map((watch) => watch.finish(PATIENCE.edge)));
    tell({ kind: "stopped" });
    conductor.close();
  };
  conductor.on("message", (message: ToObserver) => {
    if (message.kind === "go") go(message.epoch);
    else void stop();
  });
  const watches = await whenOpen;
  await Promise.all(watches.map((watch) => watch.look(PATIENCE.edge)));
  tell({ kind: "ready" });
}

async function sources(
  { pages, server, processes, discover: place }: ObserverSettings,
  tell: (told: Told) => void,
  now: () => number,
): Promise<readonly Source[]> {
  const named = [
    ...pages.map((page) => new PageSource(page)),
    ...(server === undefined ? [] : [new PrometheusServerSource(server)]),
    ...processes.map((process) => new ProcessSource(process)),
  ];
  if (place === undefined) return named;
  const { target, ...options } = place;
  const { source, refused } = await discover(new URL(target), options);
  const event = (name: ObserveEventName, detail: Readonly<Record<string, unknown>>): void =>
    tell({ points: [], events: [{ at: now(), name, detail: { part: place.name, ...detail } }] });
  if (refused !== undefined) event("refused", { ...refused });
  if (source === undefined) return named;
  event("found", { where: source.where });
  return [...named, source];
}

// parentPort is there in a thread, and nobody else loads this module.
if (parentPort) await main(workerData as ObserverSettings, parentPort);
