import { formatBytes } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { joinedBins, meanOver, type Window } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import type { Cause, Reading } from "../types.ts";

/** Part of the run at its begin and end that are compared. */
const ENDS = 0.2;

/** Memory that is taken and not given back: of a process, or of the KV cache when nobody is there to use it. */
export const memory: Cause = {
  name: "memory",
  explains: ["kv-cache", "batch-limit", "decode"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    return {
      readings: [
        ...servers.parts("server.kv.used").flatMap((part) => kept(scene, part) ?? []),
        ...servers.parts("process.memory").flatMap((part) => process(scene, part)),
      ],
      lacks: [],
    };
  },
};

interface Ends {
  readonly begin: Window;
  readonly end: Window;
}

function endsOf({ windows }: Scene): Ends {
  const bins = joinedBins(windows.blocks);
  const length = Math.ceil(bins.length * ENDS);
  return { begin: bins.slice(0, length), end: bins.slice(-length) };
}

/** KV in use that running requests do not explain: it grows while they do not. */
function kept(scene: Scene, part: string): Reading | undefined {
  const used = scene.servers.of("server.kv.used", part);
  const running = scene.servers.of("server.running", part);
  if (used === undefined || running === undefined) return undefined;
  const { begin, end } = endsOf(scene);
  const idle = joinedBins(scene.windows.blocks).filter((bin) => (running[bin] ?? 1) < 0.2);
  // The least that is ever in use, in the first and the last part of the run: requests come and go above it.
  const floor = (window: Window): number => {
    const values = window.map((bin) => used[bin] ?? Number.NaN).filter(Number.isFinite);
    return values.length < 5 ? Number.NaN : Math.min(...values);
  };
  const [before, after] = [floor(begin), floor(end)];
  const perRequest = (window: Window): number => meanOver(used, window) / Math.max(1, meanOver(running, window));
  const each = { before: perRequest(begin), after: perRequest(end) };
  const rising = steadyRise(used, joinedBins(scene.windows.blocks));
  const { client } = scene.facts;
  const tokens = {
    before: meanOver(client.inputTokens, begin, client.attempts),
    after: meanOver(client.inputTokens, end, client.attempts),
  };
  const half = before + (after - before) / 2;
  return {
    component: part,
    title: `${part} loses memory with every answer and does not get it back.`,
    clues: [
      ...clue(graded(after - before, 0.08, 0.4, 2.5, 3), {
        measure: `least server.kv.used of ${part}`,
        unit: "0 to 1",
        before,
        after,
        words: `The KV cache never falls below ${percent(after)} at the end of the run, ${percent(before)} at its begin.`,
      }),
      ...clue(graded(growth(each.before, each.after), 1.5, 3, 2, 2), {
        measure: `server.kv.used of ${part} a running request`,
        unit: "0 to 1",
        ...each,
        words: `A running request goes with ${percent(each.after)} of the cache, ${percent(each.before)} at the begin.`,
      }),
      ...clue(graded(rising, 0.6, 0.95, 1.5, 2), {
        measure: `server.kv.used of ${part}`,
        unit: "share of tenths of the run that rise",
        after: rising,
        words: `It rises in ${percent(rising)} of the run's tenths.`,
      }),
      ...clue(graded(growth(tokens.before, tokens.after), 1.25, 2, -2.5, 0), {
        measure: "input tokens of an attempt",
        unit: "tokens",
        ...tokens,
        words: `Requests themselves grow meanwhile: ${figure(tokens.before)} tokens at the begin, ${figure(tokens.after)} at the end.`,
      }),
      ...clue(idle.length > 5 && meanOver(used, idle) > 0.3 ? 1.5 : 0, {
        measure: `server.kv.used of ${part} while nothing runs`,
        unit: "0 to 1",
        after: meanOver(used, idle),
        words: `${percent(meanOver(used, idle))} is in use while nothing runs.`,
      }),
    ],
    onset: after > before ? firstBeyond(scene, used, half) : undefined,
  };
}

/** Of the steps from tenth to tenth, those upwards, by each tenth's least value. */
function steadyRise(column: Float64Array, bins: Window): number {
  const length = Math.floor(bins.length / 10);
  if (length < 3) return Number.NaN;
  const least = Array.from({ length: 10 }, (_, i) =>
    Math.min(
      ...bins
        .slice(i * length, (i + 1) * length)
        .map((bin) => column[bin] ?? Number.NaN)
        .filter(Number.isFinite),
    ),
  );
  return least.slice(1).filter((value, i) => value > (least[i] ?? 0) || value > 0.98).length / 9;
}

function process(scene: Scene, part: string): Reading {
  const used = scene.servers.of("process.memory", part);
  const { begin, end } = endsOf(scene);
  const [before, after] = [meanOver(used, begin), meanOver(used, end)];
  const host = meanOver(scene.servers.of("host.memory", part), end);
  const files = meanOver(scene.servers.of("process.files", part), end);
  const most = meanOver(scene.servers.of("process.files.limit", part), end);
  const rising = used === undefined ? Number.NaN : steadyRise(used, joinedBins(scene.windows.blocks));
  return {
    component: part,
    title: `${part} takes more and more memory.`,
    clues: [
      ...clue(graded(growth(before, after), 1.3, 2.5, 1.5, 3), {
        measure: `process.memory of ${part}`,
        unit: "bytes",
        before,
        after,
        words: `It holds ${formatBytes(after)} at the end, ${formatBytes(before)} at the begin.`,
      }),
      ...clue(graded(rising, 0.6, 0.95, 1, 1.5), {
        measure: `process.memory of ${part}`,
        unit: "share of tenths of the run that rise",
        after: rising,
        words: `It rises in ${percent(rising)} of the run's tenths.`,
      }),
      ...clue(graded(host, 0.8, 0.95, 2, 1), {
        measure: `host.memory of ${part}`,
        unit: "0 to 1",
        after: host,
        words: `${percent(host)} of its host's memory is in use.`,
      }),
      ...clue(graded(files / most, 0.7, 0.95, 3, 0.3), {
        measure: `process.files of ${part}`,
        unit: "files",
        after: files,
        words: `It has ${figure(files)} of ${figure(most)} files open.`,
      }),
    ],
    onset: firstBeyond(scene, used, (before + after) / 2),
  };
}
