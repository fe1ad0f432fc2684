import { type Cause, compare, share, told } from "../spike.ts";

export const preemption: Cause = {
  name: "preemption",
  because: "running answers lost their memory and began again",
  advice: { do: "Give the KV cache more memory, or admit fewer requests", why: "what was preempted is computed twice" },
  weigh(scene) {
    const { servers, spike, facts } = scene;
    const [most] = servers
      .parts("server.preempted")
      .flatMap((part) => {
        const rate = compare(scene, servers.of("server.preempted", part));
        return rate === undefined ? [] : [{ part, rate }];
      })
      .toSorted((a, b) => b.rate.slow - a.rate.slow);
    if (most === undefined) return undefined;
    const { part, rate } = most;
    const rose = rate.slow > 3 * rate.others && rate.slow > 0;
    const count = (rate.slow * (spike.to - spike.from) * facts.width) / 1000;
    const weight = rose ? share(0.5 + 0.5 * share((2 * count) / Math.max(1, spike.attempts.slow))) : 0;
    const words = `${part} preempted up to ${rate.slow.toFixed(1)} requests a second, ${rate.others.toFixed(1)} around`;
    return {
      weight,
      component: part,
      evidence: [told(`server.preempted of ${part}`, "1/s", rate, rose ? "for" : "against", words)],
    };
  },
};
