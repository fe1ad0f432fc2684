import type { Identity, Labels, Snapshot } from "./types.ts";

/** What both encodings of OTLP metrics (opentelemetry-proto 1, `ExportMetricsServiceRequest`) say alike. */
export const CUMULATIVE = 2;
export const SCOPE = "plimsoll";
const NANOS = 1_000_000n;

export interface Times {
  /** ns since 1970. */
  readonly start: bigint;
  readonly now: bigint;
}

export function timesOf({ at }: Snapshot, { since }: Identity): Times {
  return { start: BigInt(since) * NANOS, now: BigInt(at) * NANOS };
}

/** Prometheus makes `job` and `instance` of the first two. */
export function resourceOf({ labels, version }: Identity): Labels {
  const { run = "", ...rest } = labels;
  return { "service.name": "plimsoll", "service.instance.id": run, "service.version": version, ...rest };
}
