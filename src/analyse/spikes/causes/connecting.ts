import { type Cause, rise, share, told } from "../spike.ts";

export const connecting: Cause = {
  name: "connecting",
  because: "connections had to be opened, and that took long",
  advice: {
    do: "Keep connections alive, and look at DNS, TLS and the accept queue",
    why: "the wait is before the request is sent",
  },
  weigh(scene) {
    const { connect } = scene.spike.attempts;
    if (scene.spike.latency === "itl" || !Number.isFinite(connect.slow)) return undefined;
    const weight = share(connect.slow / rise(scene));
    const words = `slow attempts took ${Math.round(connect.slow)} ms to connect`;
    return { weight, evidence: [told("connect", "ms", connect, weight > 0.3 ? "for" : "against", words)] };
  },
};
