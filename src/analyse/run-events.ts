import { z } from "zod";
import type { Warning } from "../base/index.ts";
import type { RunReader } from "../record/index.ts";
import { CAUSES, type End } from "./ending.ts";
import { numberOf } from "./scope.ts";

const endDetail = z.looseObject({ cause: z.enum(CAUSES), message: z.string().exactOptional() });
const warningDetail = z.union([
  z.looseObject({ message: z.string(), hint: z.string().exactOptional() }),
  z.string().transform((message) => ({ message, hint: undefined })),
]);

export interface RunEvents {
  /** ms; undefined when the run left no end event: it was killed. */
  readonly endAt: number | undefined;
  readonly end: End;
  /** Each warning once. */
  readonly warnings: readonly Warning[];
}

export async function readEvents(run: RunReader): Promise<RunEvents> {
  const { rows } = await run.query(
    "SELECT time, kind, name, detail::VARCHAR FROM events WHERE kind IN ('end', 'warning')",
  );
  let endAt: number | undefined;
  let end: End = { cause: "lost" };
  const warnings = new Map<string, Warning>();
  for (const [at, kind, name, detail] of rows) {
    const json: unknown = typeof detail === "string" ? JSON.parse(detail) : undefined;
    if (kind === "end") {
      const parsed = endDetail.safeParse(json);
      endAt = numberOf(at);
      end = parsed.success
        ? { cause: parsed.data.cause, ...(parsed.data.message === undefined ? {} : { message: parsed.data.message }) }
        : { cause: "internal", message: "The run's end event does not say why it ended." };
    } else {
      const parsed = warningDetail.safeParse(json);
      const code = typeof name === "string" ? name : "WARNING";
      const { message, hint } = parsed.success ? parsed.data : { message: code, hint: undefined };
      warnings.set(`${code} ${message}`, { code, message, ...(hint === undefined ? {} : { hint }) });
    }
  }
  return { endAt, end, warnings: [...warnings.values()] };
}
