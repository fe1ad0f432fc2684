import { workerData } from "node:worker_threads";
import { parquetToLines } from "../../record/index.ts";
import { PARQUET_MESSAGE_BYTES, type ParquetStart } from "./parquet.ts";

const { from, to, state } = workerData as ParquetStart;
const words = new Int32Array(state, 0, 2);
let failed: string | undefined;
try {
  await parquetToLines(from, to);
} catch (error) {
  failed = error instanceof Error ? error.message : String(error);
}
if (failed !== undefined)
  words[1] = Buffer.from(state, 8).write(failed.split("\n")[0]?.slice(0, PARQUET_MESSAGE_BYTES / 4) ?? "");
Atomics.store(words, 0, failed === undefined ? 1 : 2);
Atomics.notify(words, 0);
