import type { TextFormat } from "./parser.ts";

/** What a scrape asks for: OpenMetrics, else Prometheus text, else whatever there is. */
export const ACCEPT =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.9,text/plain;version=0.0.4;q=0.8,application/json;q=0.3,*/*;q=0.1";

/** How an answer is to be read. A server that does not say is read as Prometheus text, the format that came first. */
export function formatOf(contentType: string): TextFormat | "json" | undefined {
  const [type = ""] = contentType.toLowerCase().split(";");
  const kind = type.trim();
  if (kind === "application/openmetrics-text") return "openmetrics";
  if (kind === "application/json" || kind.endsWith("+json")) return "json";
  return kind === "" || kind === "text/plain" || kind === "application/octet-stream" ? "prometheus" : undefined;
}
