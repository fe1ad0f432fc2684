import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import type { TimeUnit } from "./clocks.ts";
import { LEAST_TO_IDENTIFY } from "./identify.ts";
import { isProbe, parseProbe } from "./probe-file.ts";
import { readRequests } from "./requests.ts";
import { readRun } from "./run-folder.ts";
import { readKvPeak } from "./server-series.ts";
import { readSettings } from "./settings.ts";
import type { EngineSettings, Observations } from "./types.ts";

export interface EvidenceRequest {
  /** Run folders, and files of `twin probe`. Absolute. */
  readonly runs: readonly string[];
  /** A table of requests. */
  readonly requests?: string;
  /** The engine's settings; found beside the table of requests where not named. */
  readonly settings?: string;
  readonly timeUnit?: TimeUnit;
}

export interface Evidence {
  readonly observations: Observations;
  readonly settings: EngineSettings;
}

/** Reads everything that a fit is asked to look at, as one body. Throws a PlimsollError (exit code 104) with the faults of all of it. */
export async function readEvidence({ runs, requests, settings, timeUnit }: EvidenceRequest): Promise<Evidence> {
  const faults: Fault[] = [];
  const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  const parts: Observations[] = [];
  let known: EngineSettings = {};
  for (const run of runs) {
    const probe = await probeFile(run);
    if (probe === undefined) {
      const read = await attempt(() => readSource(run));
      if (read !== undefined) parts.push(read);
      continue;
    }
    const read = await attempt(async () => parseProbe(probe.text, probe.file));
    if (read === undefined) continue;
    parts.push(read.observations);
    known = { ...known, ...read.settings };
  }
  if (requests !== undefined) {
    const table = await attempt(() => readRequests(requests, timeUnit));
    if (table !== undefined) parts.push({ ...table, kvPeak: await readKvPeak(requests) });
  }
  // A table that is not there has nothing beside it.
  const beside = requests !== undefined && (await kindOf(requests)) === "file" ? requests : undefined;
  const found = await attempt(() => readSettings(settings, beside));
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  const observations = joined(parts, found?.notes ?? []);
  return { observations, settings: { ...known, ...found?.settings } };
}

/** Requests below which there is nothing to fit: fewer than there are coefficients. */
const LEAST_REQUESTS = 10;

/** The file itself where a probe wrote it, or `probe.json` in a folder. */
async function probeFile(path: string): Promise<{ readonly file: string; readonly text: string } | undefined> {
  for (const file of [path, join(path, "probe.json")]) {
    const found = await stat(file).catch(() => undefined); // absent: it is a run's name, or nothing, and openRun tells
    if (!found?.isFile()) continue;
    const text = await readFile(file, "utf8");
    if (isProbe(text)) return { file, text };
  }
  return undefined;
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const found = await stat(path).catch(() => undefined); // absent, or nothing that can be looked at: the caller tells
  return found === undefined ? undefined : found.isFile() ? "file" : "folder";
}

const LACKS = {
  file: "The file is no probe's, and a run is a folder.",
  folder: "The folder holds neither a run nor a probe.json.",
  nothing: "There is no such file, and no such run folder.",
};

/** A run folder; who names something else is told what may be named. */
async function readSource(path: string): Promise<Observations> {
  const kind = await kindOf(path);
  try {
    if (kind !== "file") return await readRun(path);
  } catch (error) {
    // Of `latest` it is told where it was looked for.
    const isAbsent = error instanceof PlimsollError && error.code === "RUN_NOT_FOUND" && basename(path) !== "latest";
    if (!isAbsent) throw error;
  }
  throw new PlimsollError(
    {
      code: "FIT_SOURCE",
      file: path,
      message: LACKS[kind ?? "nothing"],
      hint: "Name a run's folder, a run, or a file that `plimsoll twin probe` wrote; give a table of requests with --requests.",
    },
    EXIT.planInvalid,
  );
}

function joined(parts: readonly Observations[], notes: readonly string[]): Observations {
  const [first] = parts;
  if (first === undefined) {
    throw new PlimsollError(
      {
        code: "FIT_NOTHING",
        message: "There is nothing to fit.",
        hint: "Name a run folder or a probe's file, or give a table of requests with --requests.",
      },
      EXIT.planInvalid,
    );
  }
  const episodes = parts.flatMap((part) => part.episodes);
  const requests = episodes.reduce((sum, episode) => sum + episode.requests.length, 0);
  if (requests < LEAST_REQUESTS) {
    throw new PlimsollError(
      {
        code: "FIT_FEW",
        message: `${requests} answered ${requests === 1 ? "request is" : "requests are"} there; a fit needs at least ${LEAST_REQUESTS}.`,
        hint: `Give more of them: from ${LEAST_TO_IDENTIFY} on a fit can tell coefficients.`,
      },
      EXIT.planInvalid,
    );
  }
  const clocks = new Set(parts.map(({ engineClock }) => engineClock));
  const counted = parts.flatMap(({ preemptions }) => (preemptions === undefined ? [] : [preemptions]));
  const peaks = parts.flatMap(({ kvPeak }) => (kvPeak === undefined ? [] : [kvPeak]));
  return {
    source: parts.map(({ source }) => source).join(", "),
    episodes,
    engineClock: first.engineClock && clocks.size === 1,
    preemptions: counted.length === parts.length ? counted.reduce((a, b) => a + b, 0) : undefined,
    kvPeak: peaks.length === parts.length ? Math.max(...peaks) : undefined,
    notes: [
      ...parts.flatMap((part) => part.notes),
      ...notes,
      ...(clocks.size > 1
        ? ["Some times are the engine's and some a client's: one overhead is fitted to all of them."]
        : []),
    ],
  };
}
