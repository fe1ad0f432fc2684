import { z } from "zod";
import { FORMAT_NAMES, traceColumnsSchema } from "../../traces/index.ts";
import { count, flag, quantity, refuse, text } from "./fields.ts";

const MOST = { speed: 10_000, rate: 200 };

/** `10x`, or the number alone. */
function factor(title: string, description: string, most: number) {
  return z
    .custom<string | number>()
    .transform((value: unknown, ctx): number => {
      const match = /^(\d+(?:\.\d+)?)\s*x?$/.exec(String(value).trim());
      const number = Number(match?.[1]);
      if (number > 0 && number <= most) return number;
      refuse(ctx, {
        code: "PLAN_FACTOR",
        message: match === null ? "expected a factor" : `expected a factor above zero, at most ${most}`,
        hint: "Write a factor such as 2x or 0.5x.",
      });
      return z.NEVER;
    })
    .meta({
      title,
      description,
      type: ["string", "number"],
      pattern: "^\\d+(\\.\\d+)?\\s*x?$",
      samples: ["2x", "0.5x"],
    });
}

const file = text(
  "Trace",
  "Path to a .csv or .jsonl file, packed (gzip) or not, or to a folder of ServeGen's clients.",
);

/** A trace to replay: its file, or more than that. */
export const replaySchema = z
  .union([
    file,
    z
      .strictObject({
        file,
        format: z
          .enum(FORMAT_NAMES)
          .meta({ title: "Format", description: "Default: recognised by the content." })
          .optional(),
        columns: traceColumnsSchema.optional(),
        from: quantity(
          "duration",
          "From",
          "Where in the trace to begin, from its first request on. Default: 0s.",
          "zero",
        ).optional(),
        for: quantity("duration", "For", "How much of the trace to replay. Default: to its end.").optional(),
        speed: factor("Speed", "10x replays an hour in six minutes. Default: 1x.", MOST.speed).optional(),
        rate: factor(
          "Rate",
          "2x makes twice as many requests at the trace's own pace, by copies that are shifted in time; 0.5x half, by leaving out whole bursts. Default: 1x.",
          MOST.rate,
        ).optional(),
        loop: count("Loop", "How often it is replayed, one after the other. Default: 1.", 1, 100_000).optional(),
        linked: flag(
          "Linked",
          "Rows of one conversation are the turns of one session; else each row is a session. Default: as the format has it.",
        ).optional(),
      })
      .meta({ title: "Replay", description: "A part of a trace, and how fast and how much of it." }),
  ])
  .meta({
    title: "Replay",
    description: "A stage that replays a trace: its requests at their times, with their lengths.",
  });
