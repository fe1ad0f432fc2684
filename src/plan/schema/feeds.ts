import { z } from "zod";
import { DRAW_ORDERS, PROMPT_FORMATS } from "../types.ts";
import { text } from "./fields.ts";

const feed = z
  .strictObject({
    file: text("File", "A CSV, JSONL or Parquet file, from the plan's folder."),
    format: z
      .enum(PROMPT_FORMATS)
      .exclude(["text"])
      .meta({ title: "Format", description: "Default: by the file's ending." })
      .optional(),
    order: z
      .enum(DRAW_ORDERS)
      .meta({
        title: "Order",
        description:
          "sequential: by the session's number. random: any row, again and again. shuffled: each once a pass. unique: each once in the run, over all workers. Default: sequential.",
      })
      .optional(),
  })
  .meta({ title: "Feed", description: "A table; each session has a row of its own." });

export const feedsSchema = z
  .record(z.string().regex(/^[\p{L}\p{N}_-]+$/u), feed)
  .meta({ title: "Feeds", description: "Tables whose rows fill `{{name.column}}` in templates of prompts, by name." });
