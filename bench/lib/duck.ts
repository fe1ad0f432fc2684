import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";

/** Rows of a query, each checked by `schema`. */
export async function query<S extends z.ZodType>(schema: S, sql: string): Promise<z.infer<S>[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql);
    return z.array(schema).parse(reader.getRowObjectsJS());
  } finally {
    instance.closeSync();
  }
}
