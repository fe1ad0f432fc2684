import { basename } from "node:path";
import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { CellReader, isDate } from "./cells.ts";
import { type ChosenClock, chooseClock, chooseUnit, type RawRow, type Scale, type TimeUnit } from "./clocks.ts";
import { type ColumnMatch, FIELDS, type Field, matchColumns, type NumberField } from "./columns.ts";
import { implausible, type Placed } from "./plausible.ts";
import { type Row, readTable, type TableFault } from "./table.ts";
import { readText } from "./text-file.ts";
import type { Observations, Observed } from "./types.ts";

/** Faults of one file that are told; how many more there are is told too. */
const MOST_FAULTS = 50;
/** ms by which an event may come before the one that it follows: clocks are read one after the other. */
const SLACK = 1;

/** Reads a table of requests. Throws a PlimsollError (exit code 104) that carries every fault of the file, with lines. */
export async function readRequests(file: string, unit?: TimeUnit): Promise<Observations> {
  return parseRequests(await readText(file, "REQUESTS_FILE"), file, unit);
}

/** The same from the file's text. */
export function parseRequests(text: string, file: string, unit?: TimeUnit): Observations {
  const faults: TableFault[] = [];
  const notes: string[] = [];
  const table = readTable(text, faults);
  const columns = matchColumns(table.names).map((column) =>
    column.unit === undefined && table.rows.some(({ cells }) => isDate(cells[column.name]))
      ? { ...column, unit: 1 }
      : column,
  );
  const has = new Map(columns.map((column) => [column.entry.field, column]));
  const lacks = table.rows.length > 0 && checkColumns(columns, table.names, faults);
  const rows = readRows(table.rows, columns, faults);
  // Without its columns, or without a row that could be read, there is nothing more to find.
  if (lacks || rows.length === 0) throw failure(faults, file);
  const scale = chooseUnit(rows, has, unit, notes);
  const clock = chooseClock(rows, has, scale, notes);
  if (clock === undefined) {
    faults.push({
      code: "REQUESTS_CLOCKS",
      message: "No arrival time is on the clock of the first token, and no column gives the time to the first token.",
      received: columns.map(({ name }) => name).join(", "),
      hint: "Add queued_ts (on the clock of first_token_ts) or ttft.",
    });
    throw failure(faults, file);
  }
  const requests = observe(rows, clock, scale, notes, faults);
  if (faults.length > 0) throw failure(faults, file);
  return {
    source: basename(file),
    episodes: [{ kind: "run", requests }],
    engineClock: clock.field === "queued",
    preemptions: undefined,
    kvPeak: undefined,
    notes,
  };
}

/** Whether columns are lacking. */
function checkColumns(columns: readonly ColumnMatch[], names: readonly string[], faults: TableFault[]): boolean {
  const before = faults.length;
  const has = new Set(columns.map(({ entry }) => entry.field));
  const missing = (what: string, ...fields: Field[]): void => {
    if (fields.some((field) => has.has(field))) return;
    const known = FIELDS.filter(({ field }) => fields.includes(field)).flatMap((entry) => entry.names.slice(0, 4));
    faults.push({
      code: "REQUESTS_COLUMN",
      message: `No column gives ${what}.`,
      received: names.join(", ").slice(0, 120),
      hint: `Name it one of ${known.join(", ")}.`,
    });
  };
  missing("when a request arrived", "queued", "arrival");
  missing("how many tokens its prompt has", "input");
  missing("how many tokens its answer has", "output");
  missing("when its first token came", "firstToken", "ttft");
  missing("when its last token came", "lastToken", "e2e", "tpot");
  return faults.length > before;
}

function readRows(rows: readonly Row[], columns: readonly ColumnMatch[], faults: TableFault[]): RawRow[] {
  const cells = new CellReader(faults);
  return rows.map(({ line, cells: row }) => {
    const values = { ...NONE };
    const bad = new Set<Field>();
    let conversation: string | undefined;
    for (const { name, entry, unit } of columns) {
      const { field, kind } = entry;
      const value = row[name];
      const before = faults.length;
      if (field === "conversation") conversation = cells.name(value);
      else if (kind === "count") values[field] = cells.count(value, name, line);
      else if (kind === "instant") values[field] = cells.instant(value, name, line, unit ?? 1);
      else values[field] = cells.span(value, name, line);
      if (faults.length > before) bad.add(field);
    }
    return { line, values, bad, conversation };
  });
}

const NONE: Readonly<Record<NumberField, number>> = {
  arrival: Number.NaN,
  queued: Number.NaN,
  scheduled: Number.NaN,
  firstToken: Number.NaN,
  lastToken: Number.NaN,
  input: Number.NaN,
  output: Number.NaN,
  cached: Number.NaN,
  ttft: Number.NaN,
  e2e: Number.NaN,
  tpot: Number.NaN,
};

function observe(
  rows: readonly RawRow[],
  clock: ChosenClock,
  scale: Scale,
  notes: string[],
  faults: TableFault[],
): Observed[] {
  const of = (values: RawRow["values"], field: NumberField): number => values[field] * scale(field);
  const start = Math.min(...rows.map(({ values }) => of(values, clock.field)).filter((value) => !Number.isNaN(value)));
  const unanswered: number[] = [];
  const placed: Placed[] = [];
  for (const { line, values, bad, conversation } of rows) {
    const arrived = of(values, clock.field);
    const first = clock.firstToken ? of(values, "firstToken") : arrived + of(values, "ttft");
    const end = clock.lastToken ? of(values, "lastToken") : arrived + of(values, "e2e");
    const last = Number.isNaN(end) ? first + of(values, "tpot") * (values.output - 1) : end;
    if (values.output === 0 || (Number.isNaN(first) && Number.isNaN(last))) {
      if (bad.size === 0) unanswered.push(line);
      continue;
    }
    const order = (what: string, earlier: number, later: number): void => {
      if (later >= earlier - SLACK || Number.isNaN(later - earlier)) return;
      faults.push({
        code: "REQUESTS_ORDER",
        line,
        message: `${what} comes ${(earlier - later).toFixed(1)} ms too early.`,
        hint: "Check that both times are on one clock and in one unit.",
      });
    };
    const absent = [
      ["arrival time", arrived, clock.field],
      ["prompt length", values.input, "input"],
      ["answer length", values.output, "output"],
      ["time of the first token", first, clock.firstToken ? "firstToken" : "ttft"],
      ["time of the last token", last, clock.lastToken ? "lastToken" : Number.isNaN(values.e2e) ? "tpot" : "e2e"],
    ] as const;
    let isTold = false;
    for (const [what, value, field] of absent) {
      // Times that are sums of others lack where those do, which has been told.
      const isSum = field === "ttft" || field === "e2e" || field === "tpot";
      if (!Number.isNaN(value) || (isTold && isSum)) continue;
      isTold = true;
      if (!bad.has(field))
        faults.push({
          code: "REQUESTS_MISSING",
          line,
          message: `The request has no ${what}.`,
          hint: "Fill the cell, or delete the row.",
        });
    }
    if (values.input === 0)
      faults.push({
        code: "REQUESTS_VALUE",
        line,
        message: "The prompt has no tokens.",
        received: "0",
        hint: "Correct the cell, or delete the row.",
      });
    order("The first token", arrived, first);
    order("The last token", first, last);
    const scheduled = clock.scheduled ? of(values, "scheduled") : Number.NaN;
    order("The first token", scheduled, first);
    placed.push({
      line,
      request: {
        arrivedAt: arrived - start,
        scheduledAt: scheduled - start,
        firstTokenAt: first - start,
        lastTokenAt: last - start,
        inputTokens: values.input,
        outputTokens: values.output,
        cachedTokens: values.cached,
        ...(conversation === undefined ? {} : { conversation }),
        line,
      },
    });
  }
  faults.push(...implausible(placed));
  const requests = placed.map(({ request }) => request);
  if (unanswered.length > 0)
    notes.push(
      `${unanswered.length} of ${rows.length} rows have no answer and are left out (first at line ${unanswered[0]}): the load that they were to the engine is missing from the fit.`,
    );
  return requests.sort((a, b) => a.arrivedAt - b.arrivedAt);
}

/** Every fault, those of the whole file first, then line by line. */
function failure(faults: readonly TableFault[], file: string): PlimsollError {
  const sorted = faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const told: Fault[] = sorted.slice(0, MOST_FAULTS).map((fault) => ({ ...fault, file }));
  if (faults.length > MOST_FAULTS)
    told.push({
      code: "REQUESTS_MORE",
      file,
      message: `${faults.length - MOST_FAULTS} more faults like these.`,
      hint: "Correct the first ones, then run it again.",
    });
  return new PlimsollError(told, EXIT.planInvalid);
}
