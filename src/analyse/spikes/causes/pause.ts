import { type Cause, compare, share, told } from "../spike.ts";

/** Of the usual output rate, below which a server stood still for a part of a bin. */
const LESS = 0.85;

export const pause: Cause = {
  name: "pause",
  because: "the server stood still for a moment",
  advice: {
    do: "Look for what else runs on that host: garbage collection, other tenants, compaction, a slow disk",
    why: "everything stopped at once, and no more work came in than before",
  },
  weigh(scene) {
    const { spike, servers, facts } = scene;
    const { attempts } = spike;
    if (attempts.all === 0) return undefined;
    const together = { slow: attempts.slow / attempts.all, others: 0 };
    const rates = servers.models.flatMap((part) => {
      const rate = compare(scene, servers.of("server.output.tokens", part), "min");
      return rate === undefined ? [] : [{ part, rate }];
    });
    const [least] = rates.toSorted((a, b) => a.rate.slow / a.rate.others - b.rate.slow / b.rate.others);
    const fell = least !== undefined && least.rate.slow < LESS * least.rate.others;
    const typical = compare(scene, facts.client.itlP50);
    const onlyOne = typical === undefined || typical.slow < 1.5 * typical.others;
    const isLongPrompt =
      attempts.longestPrompt.slow > 2 * attempts.longestPrompt.others && attempts.longestPrompt.slow > 500;
    const hasQueue =
      spike.latency === "ttft" &&
      servers.parts("server.queued").some((part) => {
        const queued = compare(scene, servers.of("server.queued", part));
        return queued !== undefined && queued.slow > queued.others + 2;
      });
    const base = spike.latency === "itl" ? share(together.slow / 0.7) : 0.6 * share(together.slow / 0.7);
    const weight = share(
      base *
        (fell ? 1 : least === undefined ? 0.7 : 0.4) *
        (onlyOne ? 1 : 0.5) *
        (isLongPrompt ? 0.5 : 1) *
        (hasQueue ? 0.5 : 1),
    );
    const evidence = [
      told(
        "answers that were held up together",
        "ratio",
        together,
        together.slow > 0.5 ? "for" : "against",
        `${attempts.slow} of ${attempts.all} answers were held up`,
      ),
    ];
    if (least !== undefined) {
      const words = `${least.part} generated as few as ${Math.round(least.rate.slow)} tokens a second, ${Math.round(least.rate.others)} around`;
      evidence.push(told(`server.output.tokens of ${least.part}`, "1/s", least.rate, fell ? "for" : "against", words));
    }
    return { weight, evidence, ...(least === undefined ? {} : { component: least.part }) };
  },
};
