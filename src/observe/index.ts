export { OBSERVE_EVENTS } from "./event-names.ts";
export { grafanaDashboard } from "./export/dashboard.ts";
export { BOUNDS, EXPORTED, prometheusName } from "./export/metrics.ts";
export { startExport } from "./export/start.ts";
export type { ExportedPoint, Exporter, NumberPoint } from "./export/types.ts";
export { startObserver } from "./observer.ts";
export { SERVERS } from "./servers/table.ts";
export type { ServerEntry } from "./servers/types.ts";
export type { Observer, ObserverEvents } from "./types.ts";
