import type { StackGauge } from "../stack/index.ts";

/** A stack is ready once a replica of some pool is; one without pools is ready as it stands. */
export function readyOf(gauges: readonly StackGauge[]): boolean {
  const replicas = gauges.filter(({ name, replica }) => name === "replicas" && replica === undefined);
  return replicas.length === 0 || replicas.some(({ value }) => value > 0);
}
