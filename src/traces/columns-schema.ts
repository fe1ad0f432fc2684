import { z } from "zod";
import { TIME_UNITS, type TraceColumns, TURN_LENGTHS } from "./types.ts";

const column = (title: string, description: string) => z.string().min(1).max(1000).meta({ title, description });

/** Which columns of a trace say what, as a person writes it. */
export const traceColumnsSchema = z
  .strictObject({
    time: column("Time", "When the request came."),
    input: column("Input", "Tokens of the request."),
    output: column("Output", "Tokens of the answer."),
    session: column("Session", "What the requests of one conversation have in common.").optional(),
    tenant: column("Tenant", "Who sent it.").optional(),
    region: column("Region", "Where it came from.").optional(),
    images: column("Images", "Images of the request.").optional(),
    blocks: column("Blocks", "JSON: list of ids of the blocks that the request consists of.").optional(),
    blockTokens: z.coerce
      .number<number>()
      .int()
      .min(1)
      .max(1_000_000)
      .meta({ title: "Tokens of a block", description: "With blocks. Mooncake's have 512." })
      .optional(),
    unit: z
      .enum(TIME_UNITS)
      .meta({ title: "Unit", description: "What numbers in the time column count. Without it, they are dates." })
      .optional(),
    turns: z
      .enum(TURN_LENGTHS)
      .meta({
        title: "Turns",
        description:
          "What a later turn's input counts: the conversation so far (cumulative), or its own text (deltas). Default: cumulative.",
      })
      .optional(),
  })
  .meta({ title: "Columns", description: "Names of CSV columns or JSON fields, for a trace of no known format." });

/** Only what is written, as exact optional fields. */
export function traceColumns(written: z.output<typeof traceColumnsSchema>): TraceColumns {
  const { time, input, output, session, tenant, region, images, blocks, blockTokens, unit, turns } = written;
  return {
    time,
    input,
    output,
    ...(session === undefined ? {} : { session }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(region === undefined ? {} : { region }),
    ...(images === undefined ? {} : { images }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(blockTokens === undefined ? {} : { blockTokens }),
    ...(unit === undefined ? {} : { unit }),
    ...(turns === undefined ? {} : { turns }),
  };
}
