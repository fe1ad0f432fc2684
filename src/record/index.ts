export { BLOCK_ROWS, SampleBlock, type SamplesMessage } from "./block.ts";
export {
  COLUMNS,
  type ColumnArrays,
  type ColumnEntry,
  type ColumnKind,
  type ColumnName,
} from "./columns.ts";
export { Dictionary, OVERFLOW_TEXT } from "./dictionary.ts";
export { ANSWERED, CENSORED, type Figure, figureSql, figures, type SampleMetric, sqlList } from "./figures.ts";
export { createFindFolder, createRunFolder, type RunFolder } from "./folder.ts";
export { GapCells, type GapsMessage } from "./gap-cells.ts";
export { writeJsonFile } from "./json-file.ts";
export { type AnswerLimit, answerLimits, goodSql } from "./limits.ts";
export { type RunManifest, readManifest, runManifestSchema, writeManifest } from "./manifest.ts";
export type {
  KeptText,
  RecorderToWorker,
  RunEvent,
  SeriesPoint,
  Tally,
  TallyCell,
  WorkerToRecorder,
} from "./messages.ts";
export { parquetToLines } from "./parquet-lines.ts";
export { openRun, type QueryResult, type QueryValue, type RunReader } from "./reader.ts";
export { type Recorder, type RecorderOptions, startRecorder } from "./recorder.ts";
export { RowTally } from "./row-tally.ts";
export { SERIES, type SeriesEntry, type SeriesName } from "./series-names.ts";
export { type RecordedPlan, streams } from "./settings.ts";
export { TokenCounter } from "./token-counter.ts";
export { type ColumnDescription, describeTables, type TableDescription } from "./views.ts";
