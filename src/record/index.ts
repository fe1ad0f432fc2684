export { BLOCK_ROWS, SampleBlock, type SamplesMessage } from "./block.ts";
export {
  COLUMNS,
  type ColumnArrays,
  type ColumnEntry,
  type ColumnKind,
  type ColumnName,
} from "./columns.ts";
export { Dictionary, OVERFLOW_TEXT } from "./dictionary.ts";
export { createRunFolder, type RunFolder } from "./folder.ts";
export { GapCells, type GapsMessage } from "./gap-cells.ts";
export { readManifest, type RunManifest, runManifestSchema, writeManifest } from "./manifest.ts";
export type {
  KeptText,
  RecorderToWorker,
  RunEvent,
  SeriesPoint,
  Tally,
  TallyCell,
  WorkerToRecorder,
} from "./messages.ts";
export { type Recorder, type RecorderOptions, startRecorder } from "./recorder.ts";
