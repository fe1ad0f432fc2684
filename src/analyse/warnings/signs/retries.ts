import { shareOver, type Watched } from "../alarm.ts";
import { byBaseline } from "./by-baseline.ts";

/** Below two in a hundred a share of few attempts is noise. */
const floor = 0.02;

export const retries = byBaseline({
  name: "retries",
  happened: "more requests were asked again",
  falseAlarms: 0.05,
  series: ({ client, load }, servers) => [
    {
      measure: "retries / attempts",
      unit: "ratio",
      component: "target",
      values: shareOver(client.retries, client.attempts),
      scale: "linear",
      floor,
    },
    ...servers.parts("gateway.retries").flatMap((part): Watched[] => {
      const values = servers.of("gateway.retries", part);
      if (values === undefined) return [];
      const measure = `gateway.retries of ${part} / attempts`;
      return [
        { measure, unit: "ratio", component: part, values: shareOver(values, load.started), scale: "linear", floor },
      ];
    }),
  ],
  say: (value) => `${(100 * value).toFixed(1)} %`,
});
