import { type Replay, replayStage, type Stage, settingsOf } from "../../plan/index.ts";
import { schedule } from "../../traces/index.ts";

/** Copies of a trace that are laid over each other at most; what is beyond is made up for by its speed. */
const MOST_RATE = 200;

interface Place {
  readonly name: string;
  /** ms from the run's start, and ms that it lasts about. */
  readonly from: number;
  readonly duration: number;
}

/**
 * A stage that replays a trace at another load: its lengths and bursts, with as many copies of it or so much of it that the mean is `load`
 * sessions/s. A trace that is too short for the duration is looped, whole.
 */
export function replayAt(replay: Replay, load: number, seed: number, { name, from, duration }: Place): Stage {
  const whole = schedule(settingsOf({ ...replay, rate: 1, loop: 1 }), seed);
  const own = (whole.at.length / whole.period) * 1000;
  const rate = Math.min(MOST_RATE, load / own);
  const speed = replay.speed * (load / own / rate);
  const period = whole.table.length / speed;
  const scaled: Replay = {
    ...replay,
    rate,
    speed,
    ...(period > duration ? { for: duration * speed } : {}),
    loop: Math.max(1, Math.round(duration / period)),
  };
  return replayStage(scaled, schedule(settingsOf(scaled), seed), { name, from });
}
