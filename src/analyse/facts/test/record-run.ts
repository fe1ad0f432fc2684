import { parseThreshold } from "../../../plan/index.ts";
import {
  COLUMNS,
  type ColumnName,
  createRunFolder,
  GapCells,
  type RunEvent,
  type RunManifest,
  runManifestSchema,
  SampleBlock,
  type SeriesPoint,
  startRecorder,
  writeManifest,
} from "../../../record/index.ts";

export type Row = Partial<Record<ColumnName, number | string>>;

export interface RecordedRun {
  readonly rows?: readonly Row[];
  /** Of the plan; load and all. */
  readonly stages: readonly (RunManifest["stages"][number] & { readonly load?: unknown })[];
  readonly slo?: readonly string[];
  readonly series?: readonly SeriesPoint[];
  readonly gaps?: (cells: GapCells) => void;
  readonly events?: readonly RunEvent[];
  readonly personas?: readonly string[];
  readonly peak?: number;
  readonly simulated?: RunManifest["run"]["simulated"];
  readonly prices?: NonNullable<RunManifest["prices"]>;
}

/** Writes a run folder below `root` through the real recorder; resolves to its path. */
export async function recordRun(root: string, recorded: RecordedRun): Promise<string> {
  const { rows = [], stages, slo = [], series = [], gaps, events = [], personas = ["quick"], simulated } = recorded;
  const folder = createRunFolder(root, "facts", new Date("2026-01-02T03:04:05Z"));
  const plan = {
    stages: stages.map((stage) => ({ ...stage })),
    workload: { personas: personas.map((name) => ({ name })) },
    target: { protocol: "http-sse" as const },
    slo: slo.map((text) => {
      const read = parseThreshold(text);
      if (!("threshold" in read)) throw new Error(JSON.stringify(read.faults));
      return read.threshold;
    }),
    ...(recorded.prices === undefined ? {} : { prices: recorded.prices }),
  };
  await writeManifest(
    folder.path,
    runManifestSchema.parse({
      ...plan,
      ...(recorded.peak === undefined ? {} : { expect: { peak: { value: recorded.peak, unit: "sessions/s" } } }),
      name: "facts",
      seed: 1,
      run: {
        schema: "plimsoll/run/1",
        id: folder.id,
        plimsoll: "0.0.0",
        startedAt: "2026-01-02T03:04:05.000Z",
        hash: "h",
        asked: stages.map(() => null),
        ...(simulated === undefined ? {} : { simulated }),
      },
    }),
  );
  const recorder = await startRecorder({ folder, plan, workers: 1, redactSecrets: [] });
  const [port] = recorder.ports;
  const block = new SampleBlock(0, 256);
  const post = (): void => {
    const { message, transfer } = block.take();
    port?.postMessage(message, transfer);
  };
  for (const row of rows) {
    if (block.full) post();
    const at = block.row();
    for (const column of COLUMNS) {
      const value = row[column.name];
      const array = block.columns[column.name];
      if (value === undefined || array instanceof BigUint64Array) continue;
      array[at] = typeof value === "string" ? block.dictionary.code(value) : value;
    }
  }
  post();
  const cells = new GapCells(0, personas.length);
  gaps?.(cells);
  for (const { message, transfer } of cells.flush(Number.POSITIVE_INFINITY)) port?.postMessage(message, transfer);
  port?.postMessage({ kind: "closed", worker: 0 });
  for (const event of events) recorder.event(event);
  recorder.series(series);
  await recorder.close();
  return folder.path;
}

/** An attempt that took `ms`, 40 % of it to its first token. */
export function answer(scheduledAt: number, ms: number, more: Row = {}): Row {
  return {
    session: scheduledAt,
    turn: 0,
    attempt: 0,
    stage: "steady",
    persona: "quick",
    outcome: "complete",
    scheduledAt,
    dueAt: scheduledAt,
    startedAt: scheduledAt,
    firstByteAt: scheduledAt + ms * 0.4,
    firstTokenAt: scheduledAt + ms * 0.4,
    firstAnswerAt: scheduledAt + ms * 0.4,
    lastTokenAt: scheduledAt + ms,
    endAt: scheduledAt + ms,
    ...more,
  };
}
