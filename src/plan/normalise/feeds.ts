import { extname } from "node:path";
import type { z } from "zod";
import type { Path } from "../path.ts";
import type { feedsSchema } from "../schema/feeds.ts";
import type { FeedPlan } from "../types.ts";
import type { Context } from "./context.ts";
import { readableFile } from "./files.ts";
import { FORMATS } from "./prompts.ts";

/** The plan's feeds with their files' full paths. */
export function readFeeds(written: z.output<typeof feedsSchema>, ctx: Context): FeedPlan[] {
  return Object.entries(written).flatMap(([name, { file, format, order = "sequential" }]): FeedPlan[] => {
    const path: Path = ["workload", "feeds", name, "file"];
    const known = format ?? FORMATS[extname(file).toLowerCase()];
    if (known === undefined || known === "text") {
      ctx.findings.fault({
        code: "PLAN_FILE",
        path,
        message: known === "text" ? "a text file has no columns" : "the file's ending does not tell its format",
        hint: "Add `format:` with csv, jsonl or parquet.",
      });
      return [];
    }
    const full = readableFile(file, path, ctx);
    return full === undefined ? [] : [{ name, file: full, format: known, order }];
  });
}
