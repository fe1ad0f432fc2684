import { setImmediate, setTimeout } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance, DuckDBPendingResultState } from "@duckdb/node-api";

/** How much memory DuckDB may take for a run's recorder: its staging tables, and the buffers of Parquet's writer. */
const RECORDER_MEMORY = "160MB";

/**
 * A database in memory that keeps to itself: no extension is fetched or loaded, nothing spills to disk. `memory` defaults to what the
 * recorder needs.
 */
export async function openDatabase(options: {
  readonly threads: number;
  readonly memory?: string;
}): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", {
    threads: String(options.threads),
    memory_limit: options.memory ?? RECORDER_MEMORY,
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
    // A segment is read once, when it is merged; its bytes are not worth keeping.
    enable_external_file_cache: "false",
  });
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Runs a statement whose result nobody reads, a slice at a time in the calling thread. Left to itself the binding would run it whole in a
 * thread of libuv's pool, which keeps the process's own priority and would push load workers off a busy core for milliseconds.
 */
export async function execute(connection: DuckDBConnection, sql: string): Promise<void> {
  const pending = await connection.start(sql);
  for (let state = pending.runTask(); state !== DuckDBPendingResultState.RESULT_READY; state = pending.runTask()) {
    if (state === DuckDBPendingResultState.NO_TASKS_AVAILABLE) await setTimeout(1);
    else await setImmediate();
  }
  await pending.getResult();
}
