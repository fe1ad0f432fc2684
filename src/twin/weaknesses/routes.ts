import { isMapping } from "../../plan/index.ts";
import { each, listed, specAt } from "./fields.ts";
import type { Changes, PlantedPart, StackView, Weakness } from "./types.ts";

/** Parts that a router may choose, in the order in which it names them; fallbacks are not chosen. */
function targets(router: PlantedPart): readonly string[] {
  const rules = specAt(router, "rules");
  const to = Array.isArray(rules) ? rules.map((rule: unknown) => (isMapping(rule) ? rule.to : undefined)) : [];
  return [...new Set([...to, specAt(router, "otherwise")].flatMap(named))];
}

function named(target: unknown): readonly string[] {
  if (!isMapping(target)) return [];
  if (typeof target.part === "string") return [target.part];
  const { parts } = target;
  return Array.isArray(parts) ? parts.filter((part) => typeof part === "string") : [];
}

/** Every part that calls to this one may reach. */
function behind(stack: StackView, name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of stack.part(name)?.links ?? []) behind(stack, next, found);
  return found;
}

/** The pools that serve only the first region of some that are served. */
function lostPools(stack: StackView): readonly PlantedPart[] {
  return stack.parts("regions").flatMap(({ links: [first, ...others] }) => {
    if (first === undefined || others.length === 0) return [];
    const kept = new Set(others.flatMap((other) => [...behind(stack, other)]));
    const lost = behind(stack, first);
    return stack.parts("pool").filter(({ name }) => lost.has(name) && !kept.has(name));
  });
}

function losesRegion(stack: StackView): Changes | undefined {
  const pools = each(lostPools(stack), (pool) => ({
    unready: "refuse",
    faults: [...listed(pool, "faults"), { do: "crash", at: "60s", restart: "5m" }],
  }));
  if (pools === undefined) return undefined;
  return { ...pools, ...each(stack.parts("regions"), () => ({ failover: true })) };
}

export const ROUTE_WEAKNESSES: readonly Weakness[] = [
  {
    name: "router-skew",
    title: "Almost all questions go to the same model, while the others have nothing to do.",
    givesWay: "the one pool that everything goes to",
    shows: "a queue at one pool and none at the others; shares of the traffic far from what they were",
    needs: "a router between two parts or more",
    plant: (stack) =>
      each(
        stack.parts("router").filter((router) => targets(router).length >= 2),
        (router) => {
          const all = targets(router);
          const share = (index: number): number => (index === 0 ? 0.95 : 0.05 / (all.length - 1));
          return {
            rules: [],
            otherwise: { split: Object.fromEntries(all.map((part, index) => [part, share(index)])) },
            sticky: false,
          };
        },
      ),
  },
  {
    name: "provider-rate-limit",
    title: "The provider answers only so many questions a minute, and turns the rest away.",
    givesWay: "the provider's limits",
    shows: "429 with Retry-After once a minute's share is used up, however fast the provider is",
    needs: "an external part",
    plant: (stack) =>
      each(stack.parts("external"), () => ({ requestsPerMinute: 30, tokensPerMinute: 20_000, burst: "10s" })),
  },
  {
    name: "region-failover",
    title: "After a minute one region is gone, and its users are too many for the region that takes them over.",
    givesWay: "the region that is left: it was sized for its own users",
    shows:
      "requests of one region served by another, round trips longer by the distance, a queue at the region that is left",
    needs: "regions, of which the first has a pool of its own",
    plant: losesRegion,
  },
];
