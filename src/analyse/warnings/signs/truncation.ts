import { shareOver } from "../alarm.ts";
import { byBaseline } from "./by-baseline.ts";

export const truncation = byBaseline({
  name: "truncation",
  happened: "more answers were cut short",
  falseAlarms: 0.05,
  series: ({ client }) => [
    {
      measure: "outcomes.capped.rate",
      unit: "ratio",
      component: "target",
      values: shareOver(client.capped, client.attempts),
      scale: "linear",
      floor: 0.03,
    },
  ],
  say: (value) => `${(100 * value).toFixed(1)} %`,
});
