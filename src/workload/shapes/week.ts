import type { Curve } from "./curve.ts";

const DAY = 86_400_000;
const TURN = (2 * Math.PI) / DAY;

/**
 * Traffic over days: mean (1 + swing cos(2 pi (t - peak) / 24 h)), on Saturday and Sunday times `weekend`. `t` is `begin` and then `pace` ms for every ms
 * of the run, both counted from Monday 0:00; `peak` is a time of the day.
 */
export function week(part: {
  readonly mean: number;
  readonly swing: number;
  readonly peak: number;
  readonly weekend: number;
  readonly begin: number;
  readonly pace: number;
  readonly for: number;
}): Curve {
  const { mean, swing, peak, weekend, begin, pace } = part;
  const days = Math.floor((begin + part.for * pace) / DAY);
  const firstDay = Math.floor(begin / DAY);
  const factor = (day: number): number => (((day % 7) + 7) % 7 >= 5 ? weekend : 1);
  /** Of 1 + swing cos, from Monday 0:00; in ms of the week. */
  const whole = (t: number): number => t + (swing / TURN) * (Math.sin(TURN * (t - peak)) + Math.sin(TURN * peak));
  const sums = new Float64Array(days - firstDay + 2);
  for (let day = firstDay; day <= days; day++) {
    const from = Math.max(begin, day * DAY);
    sums[day - firstDay + 1] = (sums[day - firstDay] ?? 0) + factor(day) * (whole((day + 1) * DAY) - whole(from));
  }
  return {
    rate: (u) => {
      const t = begin + u * pace;
      return mean * factor(Math.floor(t / DAY)) * (1 + swing * Math.cos(TURN * (t - peak)));
    },
    integral: (u) => {
      const t = begin + u * pace;
      const day = Math.min(days, Math.floor(t / DAY));
      const from = Math.max(begin, day * DAY);
      return (mean / pace) * ((sums[day - firstDay] ?? 0) + factor(day) * (whole(t) - whole(from)));
    },
    knots: Array.from({ length: days - firstDay }, (_, i) => ((firstDay + i + 1) * DAY - begin) / pace).filter(
      (u) => u > 0 && u < part.for,
    ),
    floor: Math.min(0, mean * (1 - swing), mean * weekend * (1 - swing)),
    wavelength: Math.min(part.for, DAY / pace),
  };
}
