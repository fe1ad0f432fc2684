import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { clockSince, EXIT, monotonicMs, PlimsollError } from "../../base/index.ts";
import { buildStack, RealKernel, type Stack, type StackSpec } from "../stack/index.ts";
import { Models } from "./http/models.ts";
import { sendJson, sendText } from "./http/respond.ts";
import { router } from "./http/router.ts";
import { stackRoutes } from "./http/routes.ts";
import { Lateness, type LatenessReport } from "./lateness.ts";
import { EngineMeters } from "./metrics/engine-meters.ts";
import { EXPOSITION_TYPE } from "./metrics/exposition.ts";
import { metricsPage } from "./metrics/page.ts";
import { readyOf } from "./ready.ts";
import { Service, type ServiceCounts } from "./service.ts";
import { type ExporterCounts, SpanExporter } from "./telemetry/exporter.ts";
import { SpanRecorder } from "./telemetry/recorder.ts";

export interface ServeOptions {
  readonly spec: StackSpec;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where spans go, OTLP over HTTP. */
  readonly otlp?: string;
  /** Says something to the person who started it: that it is late, that spans are lost. */
  tell(text: string): void;
}

/** What it was when it ended. */
export interface ServeReport {
  /** With the calls that its end cut, among those that left. */
  readonly counts: ServiceCounts;
  readonly cutAtEnd: number;
  readonly lateness: LatenessReport;
  readonly spans: ExporterCounts | undefined;
}

export interface LiveTwin {
  readonly url: string;
  readonly stack: Stack;
  /** Cuts what is open, sends the last spans, and says how it was. */
  close(): Promise<ServeReport>;
}

/** A write later than this, ms, is late: what clients would take for the model's own time. */
const LATE = 5;
/** What a collector of spans has for a POST, and for all that are left at the end, ms. */
const PATIENCE = 10_000;

/**
 * Serves a stack in real time.
 *
 * @throws PlimsollError TWIN_CANNOT_LISTEN when host or port cannot be had
 */
export async function serveTwin(options: ServeOptions): Promise<LiveTwin> {
  const { spec, tell } = options;
  const clock = clockSince(monotonicMs());
  const kernel = new RealKernel(clock);
  const meters = new EngineMeters();
  const stack = buildStack(spec, kernel, meters.hooks);
  const lateness = new Lateness(LATE, clock.now(), (p99, writes) =>
    tell(
      `This machine is late: 1 % of the last ${writes.toLocaleString("en-US")} writes left ${p99.toFixed(1)} ms or more after they were due. A client takes that for the model's own time. (Told once a minute.)`,
    ),
  );
  const exporter =
    options.otlp === undefined
      ? undefined
      : new SpanExporter({
          url: options.otlp,
          service: `plimsoll-twin ${spec.name}`,
          instance: String(process.pid),
          patience: PATIENCE,
          tell,
        });
  const now = (): number => clock.now();
  const bare = spec.parts.get(spec.entry)?.kind === "pool";
  const recorder = exporter && new SpanRecorder({ exporter, now, zero: Date.now() - now(), bare });
  const service = new Service({ stack, kernel, now, lateness, recorder });
  const state = () => ({
    gauges: stack.gauges(),
    meters: meters.running(),
    lateness,
    counts: service.counts,
    open: service.open,
    exporter: exporter?.counts,
  });
  const models = new Models(stack, service.modelOf(undefined));
  const server = createServer(
    { keepAliveTimeout: 75_000, requestTimeout: 0, noDelay: true },
    router(
      {
        ...stackRoutes(stack, service),
        "GET /v1/models": (request) => models.list(request),
        "GET /v1/models/*": (request) => models.show(request),
        "GET /health": ({ response }) => {
          const ready = readyOf(stack.gauges());
          sendJson(response, ready ? 200 : 503, { status: ready ? "ok" : "no replica is ready", stack: spec.name });
        },
        "GET /metrics": ({ response }) => sendText(response, 200, metricsPage(state()), EXPOSITION_TYPE),
        "GET /version": ({ response }) => sendJson(response, 200, { version: version(), server: "plimsoll twin" }),
      },
      () => service.newId(),
    ),
  );
  await listen(server, options);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const end = async (): Promise<ServeReport> => {
    server.close();
    const cutAtEnd = await service.cut();
    kernel.close();
    server.closeAllConnections();
    await exporter?.close();
    return { counts: service.counts, cutAtEnd, lateness: lateness.report(), spans: exporter?.counts };
  };
  let ended: Promise<ServeReport> | undefined;
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    stack,
    close: () => (ended ??= end()),
  };
}

const LAST_PORT = 65_535;

async function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  try {
    // Throws at once for a port that is none.
    server.listen({ host, port, backlog: 4096 });
    await once(server, "listening");
  } catch (error) {
    const why = port > LAST_PORT ? `ports end at ${LAST_PORT}` : reasonOf(error);
    throw new PlimsollError(
      {
        code: "TWIN_CANNOT_LISTEN",
        message: `the twin cannot listen on ${host}, port ${port}: ${why}`,
        hint: "Choose another port with --port (0 is any free one), or another address with --host.",
      },
      EXIT.planInvalid,
      { cause: error },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not",
  EADDRNOTAVAIL: "no such address on this machine",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS[code] ?? error.message;
}

function version(): string {
  const text: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return typeof text === "object" && text !== null && "version" in text ? String(text.version) : "unknown";
}
