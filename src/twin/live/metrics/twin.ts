import type { StackGauge } from "../../stack/index.ts";
import type { Lateness } from "../lateness.ts";
import type { ServiceCounts } from "../service.ts";
import type { ExporterCounts } from "../telemetry/exporter.ts";
import type { EngineMeter } from "./engine-meter.ts";
import type { Exposition } from "./exposition.ts";

export interface TwinState {
  readonly gauges: readonly StackGauge[];
  readonly meters: readonly EngineMeter[];
  readonly lateness: Lateness;
  readonly counts: ServiceCounts;
  readonly open: number;
  readonly exporter: ExporterCounts | undefined;
}

/** What no real server has: the other parts of the stack, and how late the twin itself is. */
export function twinPage(page: Exposition, state: TwinState): void {
  for (const { part, name, replica, kind, value } of state.gauges) {
    const words = name.replaceAll(/[^a-zA-Z0-9]+/g, "_");
    const series = `plimsoll_twin_${words}${kind === "counter" ? "_total" : ""}`;
    const labels = {
      part,
      ...(replica === undefined ? {} : { replica: String(replica) }),
      // Two names that a region or model made may become one word.
      ...(/^[a-z0-9.]+$/i.test(name) ? {} : { name }),
    };
    page.add(series, kind, `${kind === "counter" ? "Count" : "State"} of the stack's parts: ${name}.`, labels, value);
  }
  for (const { replica, index, running } of state.meters) {
    if (running === undefined) continue;
    page.add(
      "plimsoll_twin_engine_info",
      "gauge",
      "Which replica the engine of that number is.",
      { engine: String(index), model_name: running.model, replica, dialect: running.engine.spec.dialect },
      1,
    );
  }
  const { lateness, counts, exporter } = state;
  page.histogram(
    "plimsoll_twin_lateness_seconds",
    "How long after its due time each piece of an answer was written: the machine's own fault, not the model's.",
    {},
    lateness.buckets,
  );
  const counter = (name: string, help: string, value: number): void =>
    page.add(`plimsoll_twin_${name}_total`, "counter", help, {}, value);
  counter("late_events", `Pieces written more than ${lateness.bound} ms late.`, lateness.late);
  counter("http_requests", "Requests for answers and embeddings.", counts.requests);
  counter("http_answered", "Requests answered whole.", counts.answered);
  counter("http_failed", "Requests that the stack failed.", counts.failed);
  counter("http_left", "Callers that left before the end.", counts.left);
  counter("slow_readers_cut", "Streams cut because their reader was too far behind.", counts.slowReadersCut);
  page.add("plimsoll_twin_http_open", "gauge", "Requests under way.", {}, state.open);
  if (exporter === undefined) return;
  counter("spans_sent", "Spans that the collector took.", exporter.sent);
  counter("spans_dropped", "Spans that were lost.", exporter.dropped);
}
