import type { ConceptName } from "../../../base/index.ts";
import { smoothed, type Watched } from "../alarm.ts";
import { byBaseline } from "./by-baseline.ts";

const QUEUES: readonly ConceptName[] = ["server.queued", "store.waiting", "connections.waiting"];

export const queue = byBaseline({
  name: "queue",
  happened: "a queue grew",
  falseAlarms: 0.05,
  series: (_, servers) =>
    QUEUES.flatMap((concept) =>
      servers.parts(concept).flatMap((part): Watched[] => {
        const values = servers.of(concept, part);
        if (values === undefined) return [];
        const measure = `${concept} of ${part}`;
        return [{ measure, unit: "requests", component: part, values: smoothed(values), scale: "linear", floor: 0.5 }];
      }),
    ),
  say: (value) => `${value.toFixed(1)} requests`,
});
