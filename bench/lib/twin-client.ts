import { loadedEngine, runSteps, type TwinLoad, type TwinRun } from "./twin-load.ts";

/** Runs one load of the engine core: `node --expose-gc twin-client.js JSON`, where JSON is a TwinRun. Prints what it measured as JSON. */
const { load, warm, steps, parts }: TwinRun = JSON.parse(process.argv[2] ?? "");
const MB = 1e6;

interface Look {
  readonly seconds: number;
  readonly heap: number;
  readonly resident: number;
}

run(load);

function run(of: TwinLoad): void {
  const engine = loadedEngine(of);
  runSteps(engine, warm);
  const looks: Look[] = [];
  const before = engine.counters.finished;
  for (let part = 0; part < parts; part++) {
    const seconds = runSteps(engine, steps / parts);
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    looks.push({ seconds, heap: heapUsed / MB, resident: rss / MB });
  }
  const { finished, preemptions, prefixHits, prefixQueries } = engine.counters;
  const out = {
    looks,
    finished: finished - before,
    preemptions,
    running: engine.running,
    hits: prefixHits / prefixQueries,
  };
  process.stdout.write(JSON.stringify(out));
}
