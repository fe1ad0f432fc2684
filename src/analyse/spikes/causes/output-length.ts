import { median } from "../../../stats/index.ts";
import { AROUND } from "../detect.ts";
import { type Cause, compare, share, told } from "../spike.ts";

/** Bins before a spike in which long answers would have taken the places. */
const BEFORE = 10;

export const outputLength: Cause = {
  name: "output",
  because: "answers before it were unusually long and held their places",
  advice: { do: "Cap the length of answers (max_tokens)", why: "a few long answers keep everyone else waiting" },
  weigh(scene) {
    const { facts, spike, servers } = scene;
    const tokens = facts.client.outputTokens;
    const before = tokens.slice(Math.max(0, spike.from - BEFORE), spike.from).filter(Number.isFinite);
    const around = tokens.slice(Math.max(0, spike.from - AROUND), spike.to + AROUND).filter(Number.isFinite);
    if (before.length < 3 || around.length < 10) return undefined;
    const pair = { slow: median(before), others: median(around) };
    const hasQueue = servers.parts("server.queued").some((part) => {
      const queued = compare(scene, servers.of("server.queued", part));
      return queued !== undefined && queued.slow > queued.others + 1;
    });
    const longer = pair.slow / Math.max(1, pair.others);
    const weight = spike.latency === "ttft" && hasQueue ? share((longer - 1.5) * 0.8) : 0;
    const words = `answers asked for just before had ${Math.round(pair.slow)} tokens, ${Math.round(pair.others)} around`;
    return {
      weight,
      evidence: [told("output tokens before", "tokens", pair, weight > 0.3 ? "for" : "against", words)],
    };
  },
};
