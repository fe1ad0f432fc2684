import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

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

/** Runs a statement whose result nobody reads. */
export async function execute(connection: DuckDBConnection, sql: string): Promise<void> {
  await connection.run(sql);
}
