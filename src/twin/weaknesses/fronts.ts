import { isMapping } from "../../plan/index.ts";
import { ALWAYS, each, listed, numberAt, specAt } from "./fields.ts";
import type { Changes, PlantedPart, StackView, Weakness } from "./types.ts";

/** What keeps a queue short, by the kind of part that has it. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  gateway: ["shed", "queue", "queueTimeout", "concurrency"],
  pool: ["queue"],
};

const sheds = (rule: unknown): boolean => isMapping(rule) && rule.do === "shed";

function unbounded(stack: StackView): Changes | undefined {
  const changes: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [kind, fields] of Object.entries(BOUNDS)) {
    for (const part of stack.parts(kind)) {
      const bounded = fields.filter((field) => part.raw[field] !== undefined);
      const rules = listed(part, "degrade");
      const kept = rules.filter((rule) => !sheds(rule));
      if (bounded.length === 0 && kept.length === rules.length) continue;
      changes[part.name] = {
        ...Object.fromEntries(bounded.map((field) => [field, undefined])),
        ...(kept.length === rules.length ? {} : { degrade: kept }),
      };
    }
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** Stations that stand before a gateway, or that count as sign-on. */
function signOns(stack: StackView): readonly PlantedPart[] {
  const named = new Set(stack.parts("gateway").map((gateway) => specAt(gateway, "auth")));
  return stack.parts("station").filter((station) => named.has(station.name) || specAt(station, "stage") === "auth");
}

export const FRONT_WEAKNESSES: readonly Weakness[] = [
  {
    name: "retry-storm",
    title: "When answers are late the gateway asks again and again, and so makes them later still.",
    givesWay: "everything behind the gateway: it works on questions that nobody waits for any more",
    shows: "far more requests behind the gateway than before it; a short peak from which the stack does not recover",
    needs: "a gateway",
    plant: (stack) =>
      each(stack.parts("gateway"), () => ({
        timeout: { firstToken: "2s" },
        orphans: true,
        retries: { count: 4, backoff: "50ms", factor: 1, jitter: "none", honourRetryAfter: false },
        shed: undefined,
        queue: undefined,
        queueTimeout: undefined,
        concurrency: undefined,
      })),
  },
  {
    name: "no-shedding",
    title: "Nobody is turned away when there is no room, so everybody waits longer than they stay.",
    givesWay: "waiting times: the queue has no end",
    shows: "no refusals, a queue that grows as long as the load is too high, late first tokens long after the peak",
    needs: "a gateway or pool that sheds load or bounds its queue",
    plant: unbounded,
  },
  {
    name: "slow-auth",
    title: "Signing in takes so long that the model has nothing to do.",
    givesWay: "the sign-on service before everything else",
    shows: "the time before the first token is spent in the stage auth, while the model's queue is empty",
    needs: "a station of stage auth",
    plant: (stack) =>
      each(signOns(stack), (station) => ({
        servers: Math.max(1, Math.ceil(numberAt(station, "servers") / 4)),
        slow: [...listed(station, "slow"), { ...ALWAYS, factor: 20 }],
      })),
  },
];
