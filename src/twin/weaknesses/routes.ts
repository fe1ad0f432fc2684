import { each, isRecord, specAt } from "./fields.ts";
import type { PlantedPart, Weakness } from "./types.ts";

/** Parts that a router may choose, in the order in which it names them; fallbacks are not chosen. */
function targets(router: PlantedPart): readonly string[] {
  const rules = specAt(router, "rules");
  const to = [...(Array.isArray(rules) ? rules.map((rule: unknown) => (isRecord(rule) ? rule.to : undefined)) : [])];
  return [...new Set([...to, specAt(router, "otherwise")].flatMap(named))];
}

function named(target: unknown): readonly string[] {
  if (!isRecord(target)) return [];
  if (typeof target.part === "string") return [target.part];
  const { parts } = target;
  return Array.isArray(parts) ? parts.filter((part) => typeof part === "string") : [];
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
        (router) => ({
          rules: [],
          otherwise: {
            split: Object.fromEntries(
              targets(router).map((part, index) => [part, index === 0 ? 0.95 : 0.05 / (targets(router).length - 1)]),
            ),
          },
          sticky: false,
        }),
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
];
