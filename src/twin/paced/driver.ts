import type { PacedEngine } from "./engine.ts";

/** Keeps one timer for all answers: it fires at the engine's next deadline, or within the millisecond after. */
export interface Driver {
  /** Call after anything that may have brought the next deadline forward. */
  arm(): void;
  stop(): void;
}

export function driver(engine: PacedEngine, now: () => number): Driver {
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;
  const stop = (): void => {
    clearTimeout(timer);
    armedFor = Number.POSITIVE_INFINITY;
  };
  const arm = (): void => {
    const due = engine.nextDue;
    if (due >= armedFor) return;
    stop();
    armedFor = due;
    timer = setTimeout(tick, Math.max(0, Math.ceil(due - now())));
  };
  const tick = (): void => {
    armedFor = Number.POSITIVE_INFINITY;
    engine.advance(now());
    arm();
  };
  return { arm, stop };
}
