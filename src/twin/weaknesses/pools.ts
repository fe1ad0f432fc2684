import { each, listed, numberAt, specAt, written } from "./fields.ts";
import type { PlantedPart, Weakness } from "./types.ts";

const replicas = (pool: PlantedPart): number => numberAt(pool, "replicas");
const scales = (pool: PlantedPart): boolean => specAt(pool, "autoscale") !== undefined;

/** Balancers that know where a conversation's beginning is cached. */
const SIGHTED: readonly unknown[] = ["prefix-aware", "session-hash"];

export const POOL_WEAKNESSES: readonly Weakness[] = [
  {
    name: "sick-replica",
    title: "One of the model servers is far slower than the others, and still gets its share of the traffic.",
    givesWay: "one replica: everyone who lands on it waits",
    shows: "slow gaps and first tokens on one replica only; the tail grows, the median does not",
    needs: "a pool of two replicas or more",
    plant: (stack) =>
      each(
        stack.parts("pool").filter((pool) => replicas(pool) >= 2),
        (pool) => ({
          balancer: "round-robin",
          faults: [...listed(pool, "faults"), { do: "slow", replica: replicas(pool) - 1, factor: 6 }],
        }),
      ),
  },
  {
    name: "cold-start",
    title: "New model servers take many minutes to become useful, so growth comes too late.",
    givesWay: "capacity during a rise: it arrives after the rise",
    shows: "a queue that grows while replicas are starting, and first tokens that recover only minutes later",
    needs: "a pool with an autoscaler, or several replicas",
    plant: (stack) =>
      each(
        stack.parts("pool").filter((pool) => scales(pool) || replicas(pool) >= 2),
        (pool) => {
          const coldStart = { node: "3m", image: "3m", weights: "2m", init: "2m" };
          if (!scales(pool)) return { cold: replicas(pool) - 1, unready: "hold", coldStart };
          const { coldStart: _own, ...autoscale } = written(pool, "autoscale");
          return { coldStart, autoscale: { ...autoscale, warm: 0 } };
        },
      ),
  },
  {
    name: "flapping-autoscaler",
    title: "The autoscaler adds and removes servers again and again, and is wrong each time.",
    givesWay: "steady capacity: the autoscaler answers to what it caused itself",
    shows: "replicas that go up and down under steady load; latency that swings with them",
    needs: "a pool with an autoscaler",
    plant: (stack) =>
      each(stack.parts("pool").filter(scales), (pool) => ({
        autoscale: {
          ...written(pool, "autoscale"),
          tolerance: 0,
          delay: "60s",
          down: { window: "0s", percent: 100, period: "15s" },
          up: { window: "0s", percent: 400, pods: 100, period: "15s" },
          warm: 0,
          grace: "1s",
        },
      })),
  },
  {
    name: "prefix-blind",
    title: "The load balancer sends each turn of a conversation to another server, which must read it all again.",
    givesWay: "the prefix cache: it is there, but on another replica",
    shows: "few cached prompt tokens although the cache is on; first tokens that grow with the conversation",
    needs: "a pool of two replicas or more with the balancer prefix-aware or session-hash",
    plant: (stack) =>
      each(
        stack.parts("pool").filter((pool) => replicas(pool) >= 2 && SIGHTED.includes(specAt(pool, "balancer"))),
        () => ({ balancer: "round-robin" }),
      ),
  },
];
