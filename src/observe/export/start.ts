import { nodeTimers, type TimerHost } from "../../base/index.ts";
import { type ExportPlace, type ExportPlan, redactUrl } from "../../plan/index.ts";
import { otlpJson } from "./otlp-json.ts";
import { otlpProtobuf } from "./otlp-protobuf.ts";
import { Poster } from "./post.ts";
import { REMOTE_WRITE_HEADERS, remoteWrite } from "./remote-write.ts";
import { type ScrapeEndpoint, serveScrapes } from "./scrape-endpoint.ts";
import { Sender } from "./sender.ts";
import { LatestObserved, NOTHING, snapshotOf } from "./snapshot.ts";
import { prometheusText, TEXT_TYPE } from "./text.ts";
import type { Exporter, Identity, OnWarning, Snapshot } from "./types.ts";

export interface ExportParts {
  readonly plan: ExportPlan;
  readonly identity: Identity;
  readonly onWarning: OnWarning;
  /** ms since 1970. */
  readonly now?: () => number;
  readonly timers?: TimerHost;
}

/** Starts what the plan tells a run's figures to; undefined where it names nothing. Never rejects: what cannot be had is a warning. */
export async function startExport(parts: ExportParts): Promise<Exporter | undefined> {
  const { plan, identity, onWarning, now = Date.now, timers = nodeTimers } = parts;
  const places = [...remoteWritePlaces(plan, identity), ...otlpPlaces(plan, identity)].map(({ place, own, encode }) => {
    const poster = new Poster(place, own);
    const sender = new Sender({
      where: redactUrl(place.url),
      send: (snapshot, ended, signal) => {
        const body = encode(snapshot, ended);
        return body === undefined ? Promise.resolve({ state: "taken" as const }) : poster.post(body, signal);
      },
      onWarning,
      timers,
    });
    return { poster, sender };
  });
  let newest: Snapshot = NOTHING;
  const endpoint = await endpointOf(plan, onWarning, () => ({
    type: TEXT_TYPE,
    body: prometheusText(newest, identity),
  }));
  if (places.length === 0 && endpoint === undefined) return undefined;
  const observed = new LatestObserved();
  return {
    ...(endpoint === undefined ? {} : { url: endpoint.url }),
    observed: (points) => observed.add(points),
    tell(points) {
      newest = snapshotOf(points, observed.metrics(), Math.max(now(), newest.at + 1), newest);
      for (const { sender } of places) sender.add(newest);
    },
    async close() {
      const at = now();
      await Promise.all(
        places.map(async ({ poster, sender }) => {
          await sender.close(at);
          await poster.close();
        }),
      );
      await endpoint?.close();
    },
  };
}

interface Target {
  readonly place: ExportPlace;
  readonly own: Readonly<Record<string, string>>;
  /** Undefined where nothing needs to be said. */
  encode(snapshot: Snapshot, ended: boolean): Uint8Array | undefined;
}

function remoteWritePlaces({ remoteWrite: place }: ExportPlan, identity: Identity): Target[] {
  if (place === undefined) return [];
  const job: Identity = { ...identity, labels: { job: "plimsoll", ...identity.labels } };
  return [{ place, own: REMOTE_WRITE_HEADERS, encode: (snapshot, ended) => remoteWrite(snapshot, job, ended) }];
}

function otlpPlaces({ otlp: place }: ExportPlan, identity: Identity): Target[] {
  if (place === undefined) return [];
  const [encode, type] =
    place.encoding === "json"
      ? ([otlpJson, "application/json"] as const)
      : ([otlpProtobuf, "application/x-protobuf"] as const);
  return [
    {
      place,
      own: { "content-type": type },
      // OTLP has no word for the end of a series.
      encode: (snapshot, ended) => (ended ? undefined : encode(snapshot, identity)),
    },
  ];
}

async function endpointOf(
  { listen }: ExportPlan,
  onWarning: OnWarning,
  page: () => { readonly type: string; readonly body: string },
): Promise<ScrapeEndpoint | undefined> {
  if (listen === undefined) return undefined;
  try {
    return await serveScrapes(listen, page);
  } catch (error) {
    onWarning({
      code: "EXPORT_LISTEN",
      message: `No figures are served at ${listen.host}:${listen.port}: ${error instanceof Error ? error.message : String(error)}. The run goes on.`,
      hint: "Choose another port for `export.listen`, or 0 for any free one.",
    });
    return undefined;
  }
}
