import { parentPort, workerData } from "node:worker_threads";
import { PlimsollError } from "../../base/index.ts";
import type { FitMessage, FitStart } from "./background.ts";
import { fitEngine } from "./fit.ts";

/** ms between two words on how it goes. */
const TELL_EVERY = 250;

if (parentPort === null) throw new Error("fit-thread runs as a thread of a fit only");
const asker = parentPort;
const tell = (message: FitMessage): void => asker.postMessage(message);
const { observations, settings, options } = workerData as FitStart;
const now = (): number => performance.now();
let told = Number.NEGATIVE_INFINITY;
try {
  const result = fitEngine(observations, settings, {
    ...options,
    now,
    onProgress: (progress) => {
      if (now() - told < TELL_EVERY) return;
      told = now();
      tell({ kind: "progress", progress });
    },
  });
  tell({ kind: "result", result });
} catch (error) {
  if (!(error instanceof PlimsollError)) throw error;
  tell({ kind: "refused", faults: error.faults, exitCode: error.exitCode });
}
