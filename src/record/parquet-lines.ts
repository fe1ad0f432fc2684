import { execute, openDatabase, sqlText } from "./database.ts";

/** DuckDB streams a copy, so that this suffices for files of any size; a row group of one thread is what it holds. */
const MEMORY = "512MB";

/** Writes a Parquet file's rows as JSON Lines, a row a line, in the file's order. Throws what DuckDB says of a file that it cannot read. */
export async function parquetToLines(from: string, to: string): Promise<void> {
  const database = await openDatabase({ threads: 1, memory: MEMORY });
  const connection = await database.connect();
  try {
    await execute(connection, "SET preserve_insertion_order = true");
    await execute(connection, `COPY (SELECT * FROM read_parquet(${sqlText(from)})) TO ${sqlText(to)} (FORMAT json)`);
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
