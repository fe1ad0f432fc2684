import type { PageData, Track } from "../../../src/report/page/types.ts";
import type { PanelSpec } from "../charts/panel.tsx";
import { capitalised } from "./format.ts";
import { hue } from "./palette.ts";

/** Concepts that say most of a server's state: shown at once; all others on demand. */
const FIRST: readonly string[] = [
  "server.queued",
  "server.running",
  "server.kv.used",
  "server.preempted",
  "server.busy",
  "replicas.ready",
  "gpu.used",
  "connections.waiting",
  "limits.hit",
  "store.waiting",
  "process.loop.lag",
  "host.cpu",
];
/** Panels that are shown at once. */
const MOST_FIRST = 6;
/** Limits of a concept that are lines in its figure, not figures of their own. */
const BESIDE: Readonly<Record<string, string>> = {
  "server.running": "server.running.limit",
  "connections.used": "connections.limit",
};

export interface ServerPanels {
  readonly first: readonly PanelSpec[];
  readonly more: readonly PanelSpec[];
}

/** One figure a concept, one line a part and replica. Parts keep their colours. */
export function serverPanels(data: PageData): ServerPanels {
  const tracks = data.tracks.filter(({ group }) => group === "servers");
  const alone = new Set(
    [...new Set(tracks.map(({ part }) => part))].filter(
      (part) => new Set(tracks.filter((track) => track.part === part).flatMap(({ replica }) => replica ?? [])).size < 2,
    ),
  );
  /** A part whose replica is its only one is called by itself. */
  const nameOf = ({ part = "", replica }: Track): string => {
    const name = data.partNames[part] ?? part;
    return replica === undefined || alone.has(part) ? name : `${name}/${replica}`;
  };
  const sources = [...new Set(tracks.map(nameOf))];
  const beside = new Set(Object.values(BESIDE));
  const concepts = [...new Set(tracks.map(({ id }) => id))].filter((id) => !beside.has(id));
  const panel = (id: string): PanelSpec => {
    const own = tracks.filter((track) => track.id === id);
    const limits = tracks.filter((track) => track.id === BESIDE[id]);
    const line = (track: Track, suffix: string) => ({
      label: `${nameOf(track)}${suffix}`,
      color: hue(sources.indexOf(nameOf(track))),
      values: track.values,
      dashed: suffix !== "",
      formula: data.formulas[track.id],
    });
    return {
      id: `s-${id}`,
      title: capitalised(own[0]?.title ?? id),
      unit: own[0]?.unit ?? "",
      series: [...own.map((track) => line(track, "")), ...limits.map((track) => line(track, ", limit"))],
      height: 100,
    };
  };
  const named = FIRST.filter((id) => concepts.includes(id)).slice(0, MOST_FIRST);
  return { first: named.map(panel), more: concepts.filter((id) => !named.includes(id)).map(panel) };
}
