import { formatMs } from "../../../base/index.ts";
import { smoothed } from "../alarm.ts";
import { byBaseline } from "./by-baseline.ts";

export const gaps = byBaseline({
  name: "gaps",
  happened: "gaps between tokens grew",
  falseAlarms: 0.05,
  series: ({ client }) => [
    { measure: "itl.p50", unit: "ms", component: "target", values: smoothed(client.itlP50), scale: "log", floor: 0.05 },
  ],
  say: formatMs,
});
