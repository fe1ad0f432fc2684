import type { Servers } from "../../bottleneck/scene/servers.ts";
import type { Facts } from "../../facts/types.ts";
import { alarmOf, type Watched } from "../alarm.ts";
import type { Sign } from "../sign.ts";

const TEST = "one-sided CUSUM by median and MAD of its own baseline";

/** A sign that is a series leaving its own baseline. */
export function byBaseline(
  sign: Omit<Sign, "look"> & {
    readonly series: (facts: Facts, servers: Servers) => readonly Watched[];
    readonly say: (value: number) => string;
  },
): Sign {
  const { series, say, ...rest } = sign;
  return {
    ...rest,
    look: (facts, servers, from, until) =>
      series(facts, servers).flatMap((watched) => {
        const alarm = alarmOf(watched, from, until);
        if (alarm === undefined) return [];
        const { measure, unit, component, values } = watched;
        const after = values.slice(alarm.at, until).findLast(Number.isFinite) ?? alarm.bound;
        return [
          {
            at: alarm.at,
            measure,
            unit,
            component,
            before: alarm.usual,
            after,
            test: TEST,
            words: `it was ${say(alarm.usual)}, and ${say(after)} when the failure came`,
            alert: { values, above: alarm.bound, say: (above) => `${measure} above ${say(above)} for ten seconds` },
          },
        ];
      }),
  };
}
