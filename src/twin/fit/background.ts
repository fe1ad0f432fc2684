import { EXIT, type ExitCode, type Fault, PlimsollError, startThread } from "../../base/index.ts";
import type { FitOptions, FitProgress, FitResult } from "./fit.ts";
import type { EngineSettings, Observations } from "./types.ts";

export interface BackgroundOptions extends Omit<FitOptions, "now" | "onProgress"> {
  /** Told a few times a second. */
  readonly onProgress?: (progress: FitProgress) => void;
  readonly stop?: AbortSignal;
}

/** What fit-thread.ts is started with. */
export interface FitStart {
  readonly observations: Observations;
  readonly settings: EngineSettings;
  readonly options: Omit<FitOptions, "now" | "onProgress">;
}

/** What fit-thread.ts says. */
export type FitMessage =
  | { readonly kind: "progress"; readonly progress: FitProgress }
  | { readonly kind: "result"; readonly result: FitResult }
  | { readonly kind: "refused"; readonly faults: readonly Fault[]; readonly exitCode: ExitCode };

/**
 * The fit on a thread of its own, so that whoever waits for it can be told how it goes, and can end it. Rejects with a PlimsollError: what `fitEngine`
 * throws, or exit code 105 once `stop` is aborted.
 */
export async function fitInBackground(
  observations: Observations,
  settings: EngineSettings,
  { onProgress, stop, ...options }: BackgroundOptions,
): Promise<FitResult> {
  const start: FitStart = { observations, settings, options };
  let simulations = 0;
  const interrupted = (): PlimsollError =>
    new PlimsollError(
      {
        code: "FIT_INTERRUPTED",
        message: `The fit was interrupted after ${simulations} simulations; nothing was written.`,
        hint: "Run it again; --time bounds how long it may search.",
      },
      EXIT.interrupted,
    );
  if (stop?.aborted) throw interrupted();
  const thread = startThread(import.meta.url, "fit-thread", { workerData: start, name: "plimsoll-fit" });
  try {
    return await new Promise<FitResult>((settle, reject) => {
      stop?.addEventListener("abort", () => reject(interrupted()), { once: true });
      thread.once("error", reject);
      thread.once("exit", () => reject(new Error("the fit's thread ended without a result")));
      thread.on("message", (message: FitMessage) => {
        if (message.kind === "progress") {
          simulations = message.progress.simulations;
          onProgress?.(message.progress);
        } else if (message.kind === "result") settle(message.result);
        else reject(new PlimsollError(message.faults, message.exitCode));
      });
    });
  } finally {
    await thread.terminate();
  }
}
