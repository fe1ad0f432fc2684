import type { Column, Facts } from "../facts/types.ts";
import type { Evidence } from "../verdict/schema.ts";
import type { Episode } from "./episodes.ts";

/** Work for each attempt of a client, before the peak and after it: what retries, in the client or in a gateway, add. */
export function amplification(facts: Facts, { before, after }: Episode): readonly Evidence[] {
  const evidence: Evidence[] = [];
  const add = (measure: string, words: string, column: Column, below: Column): void => {
    const then = share(column, below, before.from, before.to);
    const now = share(column, below, after.from, after.to);
    if (!(now > 0)) return;
    evidence.push({
      measure,
      unit: "ratio",
      before: then,
      after: now,
      speaks: now > 1.5 * then + 0.05 ? "for" : "against",
      words: `${words}: ${now.toFixed(2)} after the peak, ${then.toFixed(2)} before it`,
    });
  };
  add("retries", "attempts that are retries", facts.client.retries, facts.client.attempts);
  for (const { concept, part, values } of facts.servers) {
    if (concept === "gateway.retries")
      add(
        `gateway.retries of ${part}`,
        "requests sent again by the gateway for each attempt",
        values,
        facts.load.started,
      );
  }
  return evidence;
}

function share(column: Column, below: Column, from: number, to: number): number {
  let [above, all] = [0, 0];
  for (let i = from; i < to; i++) {
    above += column[i] || 0;
    all += below[i] || 0;
  }
  return all > 0 ? above / all : 0;
}
