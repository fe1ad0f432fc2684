import { EXIT } from "../base/index.ts";

export interface Interrupts {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  close(): void;
}

/** Ctrl-C and SIGTERM: once drains, twice stops at once, and a third time ends the process whatever it waits for. */
export function watchInterrupts(say: (text: string) => void): Interrupts {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (): void => {
    if (!stop.signal.aborted) {
      say("draining; press Ctrl-C again to stop now");
      stop.abort();
    } else if (!kill.signal.aborted) {
      say("stopping now");
      kill.abort();
    } else process.exit(EXIT.interrupted);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    close() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
