import { open, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * A closed file of rows. Its name tells which segments it holds: `000007.parquet` one, `000001-000064.parquet` those that it was made
 * of. A file covered by a wider one is a leftover of a compaction that was cut short, and is not read.
 */
export interface Segment {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

const NAME = /^(\d{6,})(?:-(\d{6,}))?\.parquet$/;

const pad = (number: number): string => String(number).padStart(6, "0");

export function segmentName(prefix: string, first: number, last: number): string {
  return first === last ? `${prefix}${pad(first)}.parquet` : `${prefix}${pad(first)}-${pad(last)}.parquet`;
}

/** The segments among file names, in order, those covered by a wider one left out. */
export function liveSegments(names: readonly string[], prefix: string): readonly Segment[] {
  const all = names.flatMap((name): Segment[] => {
    const match = name.startsWith(prefix) ? NAME.exec(name.slice(prefix.length)) : null;
    if (!match) return [];
    const first = Number(match[1]);
    return [{ file: name, first, last: Number(match[2] ?? match[1]) }];
  });
  all.sort((a, b) => a.first - b.first || b.last - a.last);
  const live: Segment[] = [];
  let end = 0;
  for (const segment of all) {
    if (segment.last <= end) continue;
    live.push(segment);
    end = segment.last;
  }
  return live;
}

/** Live segments of a folder; none when the folder is absent. */
export async function readSegments(folder: string, prefix: string): Promise<readonly Segment[]> {
  try {
    return liveSegments(await readdir(folder), prefix);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Makes a file that was written as `path.tmp` appear under its name, whole and durable. */
export async function publish(path: string): Promise<void> {
  await sync(`${path}.tmp`);
  await rename(`${path}.tmp`, path);
  await sync(dirname(path));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface SizedSegment extends Segment {
  readonly rows: number;
}

export interface MergeLimits {
  readonly files: number;
  readonly rows: number;
  readonly large: number;
}

/** Segments merged at once, and rows at which a merge does not wait for more, and at which a file is left as it is. */
export const MERGE: MergeLimits = { files: 64, rows: 1_000_000, large: 500_000 };

/**
 * The next run of segments to merge into one: neighbours of one level (how often their rows were merged already) that are many, or large
 * together. Every row is rewritten at most once a level, and levels grow with the logarithm of the run's length.
 */
export function mergeable(segments: readonly SizedSegment[], limits = MERGE): readonly SizedSegment[] | undefined {
  let run: SizedSegment[] = [];
  let rows = 0;
  let level = -1;
  for (const segment of segments) {
    const own = segment.rows >= limits.large ? -1 : levelOf(segment, limits.files);
    if (own !== level || own === -1) {
      run = [];
      rows = 0;
      level = own;
    }
    if (own === -1) continue;
    run.push(segment);
    rows += segment.rows;
    if (run.length === limits.files || (rows >= limits.rows && run.length > 1)) return run;
  }
  return undefined;
}

function levelOf(segment: Segment, files: number): number {
  let level = 0;
  for (let held = segment.last - segment.first + 1; held > 1; held = Math.ceil(held / files)) level++;
  return level;
}

export function pathIn(folder: string, segment: Segment): string {
  return join(folder, segment.file);
}
