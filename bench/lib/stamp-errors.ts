import { join } from "node:path";
import { z } from "zod";
import { eventTimes } from "./align.ts";
import { query } from "./duck.ts";
import type { Traced } from "./journal.ts";
import { mustBe } from "./results.ts";

/** What a client says of one stream, ms. */
export interface SeenStream {
  /** From its start of the request to the first content event. */
  readonly ttft: number;
  /** Of each content event, from the first. */
  readonly times: readonly number[];
}

/** Absolute differences between client and stub, ms, ascending. */
export interface StampErrors {
  readonly ttft: Float64Array;
  readonly gaps: Float64Array;
  /** Median gap that the client saw. */
  readonly medianGap: number;
}

/** Compares every stream that began at or after `from` (ms, the machine's monotonic clock). Every one must be there, whole. */
export function stampErrors(
  sent: ReadonlyMap<bigint, Traced>,
  seen: ReadonlyMap<bigint, SeenStream>,
  from: number,
  events: number,
): StampErrors {
  const ttft: number[] = [];
  const gaps: number[] = [];
  const seenGaps: number[] = [];
  for (const [trace, stream] of sent) {
    const client = seen.get(trace);
    mustBe(client !== undefined, `the client has no record of the request with trace id ...${trace.toString(16)}`);
    if (client === undefined || stream.start < from) continue;
    mustBe(
      client.times.length === events && stream.events.length === events,
      `a stream of ${events} events has ${client.times.length} in the client's record`,
    );
    const [first = Number.NaN] = stream.events;
    ttft.push(Math.abs(client.ttft - (first - stream.start)));
    for (let i = 1; i < events; i++) {
      const gap = (client.times[i] ?? Number.NaN) - (client.times[i - 1] ?? Number.NaN);
      seenGaps.push(gap);
      gaps.push(Math.abs(gap - ((stream.events[i] ?? Number.NaN) - (stream.events[i - 1] ?? Number.NaN))));
    }
  }
  const ascending = Float64Array.from(seenGaps).sort();
  return {
    ttft: Float64Array.from(ttft).sort(),
    gaps: Float64Array.from(gaps).sort(),
    medianGap: ascending[ascending.length >> 1] ?? Number.NaN,
  };
}

/** From a client's own stamp log. */
export function seenInJournal(journal: ReadonlyMap<bigint, Traced>, events: number): Map<bigint, SeenStream> {
  const seen = new Map<bigint, SeenStream>();
  for (const [trace, stream] of journal) {
    const [first = Number.NaN] = stream.events;
    seen.set(trace, { ttft: first - stream.start, times: stream.events.slice(0, events).map((time) => time - first) });
  }
  return seen;
}

const rowSchema = z.object({ traceId: z.bigint(), ttft: z.number(), gaps: z.array(z.number()) });

/** From plimsoll's run folder: the first token from samples, the rest from the full gap logs. */
export async function seenInFolder(
  folder: string,
  sent: ReadonlyMap<bigint, Traced>,
): Promise<Map<bigint, SeenStream>> {
  const rows = await query(
    rowSchema,
    `SELECT s.traceId AS "traceId", s.firstTokenAt - s.startedAt AS ttft, g.gaps AS gaps
     FROM read_parquet('${join(folder, "samples", "*.parquet")}') s
     JOIN read_parquet('${join(folder, "gaps", "full-*.parquet")}') g USING (session, turn, attempt)`,
  );
  return new Map(
    rows.map((row) => [
      row.traceId,
      { ttft: row.ttft, times: eventTimes(row.gaps, sent.get(row.traceId)?.events ?? []) },
    ]),
  );
}
