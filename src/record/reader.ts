import { availableParallelism, totalmem } from "node:os";
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBVector, JS } from "@duckdb/node-api";
import { EXIT, PlimsollError } from "../base/index.ts";
import { type RunManifest, readManifest } from "./manifest.ts";
import { resolveRun } from "./run-path.ts";
import { viewStatements } from "./views.ts";

/** A value of a result: whole numbers beyond 2^53 come as text, dates as ISO 8601. */
export type QueryValue =
  | null
  | boolean
  | number
  | string
  | readonly QueryValue[]
  | { readonly [key: string]: QueryValue };

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
  /** More rows were there than were asked for. */
  readonly truncated: boolean;
}

/** A run folder opened for reading: finished, under way, or killed. */
export interface RunReader {
  /** Absolute. */
  readonly path: string;
  readonly manifest: RunManifest;
  /**
   * Runs one SELECT (DESCRIBE, SUMMARIZE and SHOW are such) over the folder's tables. It can neither write nor read outside the folder.
   * Throws PlimsollError QUERY_FAILED (exit code 104) with what DuckDB says.
   */
  query(sql: string, options?: { readonly maxRows?: number }): Promise<QueryResult>;
  /**
   * Runs one SELECT whose columns are all DOUBLE, and hands out its rows in blocks, in their order: many times as fast as `query` where there
   * are many rows, and only one block is held. NULL is NaN. The columns are filled anew for the next block. Throws as `query` does.
   */
  scan(sql: string, visit: (columns: readonly Float64Array[], rows: number) => void): Promise<void>;
  close(): void;
}

/**
 * Bytes that DuckDB may take while it reads: half of the machine. What a scan hands out lies beside it: exact percentiles hold 8 bytes a row for each
 * metric that is read at once.
 */
function readerMemory(): number {
  return Math.round(totalmem() / 2);
}

/** Statement type of DuckDB's C API. */
const SELECT = 1;

/** Opens a run folder, or `latest` inside a folder of runs. Throws PlimsollError RUN_NOT_FOUND or RUN_UNREADABLE (exit code 104). */
export async function openRun(path: string): Promise<RunReader> {
  const folder = await resolveRun(path);
  const manifest = await readManifest(folder);
  const { openDatabase } = await import("./database.ts");
  const database = await openDatabase({ threads: availableParallelism(), memory: `${readerMemory()}B` });
  const connection = await database.connect();
  const columnsIn = async (file: string): Promise<ReadonlySet<string>> => {
    const found = await connection.runAndReadAll("SELECT name FROM parquet_schema($1)", [file]);
    return new Set(found.getRows().map(([name]) => String(name)));
  };
  for (const statement of await viewStatements(folder, columnsIn)) await connection.run(statement);
  await connection.run("SET preserve_insertion_order = true");
  await connection.run(`SET allowed_directories = ['${folder.replaceAll("'", "''")}/']`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  return {
    path: folder,
    manifest,
    query: (sql, options) => select(connection, sql, options?.maxRows ?? Number.MAX_SAFE_INTEGER),
    scan: (sql, visit) => scan(connection, sql, visit),
    close: () => {
      connection.closeSync();
      database.closeSync();
    },
  };
}

async function select(connection: DuckDBConnection, sql: string, maxRows: number): Promise<QueryResult> {
  try {
    const statement = await selecting(connection, sql);
    const reader = await statement.streamAndRead();
    await reader.readUntil(maxRows === Number.MAX_SAFE_INTEGER ? maxRows : maxRows + 1);
    const rows = reader.getRowsJS();
    return {
      columns: reader.columnNames(),
      rows: rows.slice(0, maxRows).map((row) => row.map(plain)),
      truncated: rows.length > maxRows,
    };
  } catch (error) {
    throw queryFailed(sql, error);
  }
}

async function scan(
  connection: DuckDBConnection,
  sql: string,
  visit: (columns: readonly Float64Array[], rows: number) => void,
): Promise<void> {
  try {
    const statement = await selecting(connection, sql);
    const result = await statement.stream();
    const columns = result.columnNames().map(() => new Float64Array(BLOCK));
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      for (const [i, column] of columns.entries()) copy(chunk.getColumnVector(i), column);
      visit(columns, chunk.rowCount);
    }
  } catch (error) {
    throw queryFailed(sql, error);
  }
}

/** Rows of a block of DuckDB's at most: its vectors' size. */
const BLOCK = 2048;

function copy(vector: DuckDBVector, to: Float64Array): void {
  for (let row = 0; row < vector.itemCount; row++) {
    const value = vector.getItem(row);
    if (typeof value !== "number" && value !== null) throw new TypeError("only columns of DOUBLE can be scanned");
    to[row] = value ?? Number.NaN;
  }
}

async function selecting(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statement = await connection.prepare(sql);
  if (Number(statement.statementType) !== SELECT) throw new Error("only SELECT statements read a run");
  return statement;
}

function queryFailed(sql: string, error: unknown): PlimsollError {
  const message = error instanceof Error ? error.message : String(error);
  return new PlimsollError(
    {
      code: "QUERY_FAILED",
      message,
      received: sql,
      hint: "Run `plimsoll query --help` for the tables and their columns.",
    },
    EXIT.planInvalid,
    { cause: error },
  );
}

function plain(value: JS): QueryValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
