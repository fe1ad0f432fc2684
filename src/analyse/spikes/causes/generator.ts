import { type Cause, rise, share, told } from "../spike.ts";

export const generator: Cause = {
  name: "generator",
  because: "Plimsoll itself was late",
  advice: { do: "Give the load generator more cores, or fewer users", why: "its own lateness is in the figures" },
  weigh(scene) {
    const { startLag } = scene.spike.attempts;
    if (!Number.isFinite(startLag.slow)) return undefined;
    const weight = share(startLag.slow / rise(scene));
    const words = `slow attempts began ${Math.round(startLag.slow)} ms late, others ${Math.round(startLag.others || 0)} ms`;
    return { weight, evidence: [told("start lag", "ms", startLag, weight > 0.3 ? "for" : "against", words)] };
  },
};
