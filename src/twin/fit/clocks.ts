import { median } from "../../stats/index.ts";
import type { ColumnMatch, Field, NumberField } from "./columns.ts";

/** ms in one unit of the columns whose names tell none. */
export type TimeUnit = "s" | "ms";

/** Two instants of one request on one clock are less than this apart, ms. */
const ONE_CLOCK = 86_400_000;

/** A row's numbers. */
export interface RawRow {
  readonly line: number;
  /** In the columns' own units; NaN where absent. */
  readonly values: Readonly<Record<NumberField, number>>;
  /** Fields whose cells are at fault, which has been told. */
  readonly bad: ReadonlySet<Field>;
  readonly conversation: string | undefined;
}

export type Columns = ReadonlyMap<Field, ColumnMatch>;
/** ms in one unit of each column. */
export type Scale = (field: Field) => number;

/**
 * Columns without a unit in their names share one: seconds where a token then takes less than half a second, else ms. No engine streams
 * slower than that on purpose, and none faster than half a thousandth of it.
 */
export function chooseUnit(
  rows: readonly RawRow[],
  columns: Columns,
  told: TimeUnit | undefined,
  notes: string[],
): Scale {
  const unnamed = [...columns.values()].filter(
    ({ entry, unit }) => unit === undefined && (entry.kind === "instant" || entry.kind === "span"),
  );
  let factor = told === "ms" ? 1 : 1000;
  if (told === undefined && unnamed.length > 0) {
    const token = median(
      rows.flatMap(({ values }) => {
        const [from, to] = answerSpan(values, columns);
        const each = (to - from) / values.output;
        return Number.isFinite(each) && each > 0 ? [each] : [];
      }),
    );
    factor = token > 0.5 ? 1 : 1000;
    notes.push(
      `Times of ${unnamed.map(({ name }) => name).join(", ")} are read as ${factor === 1 ? "ms" : "seconds"}; --time-unit says otherwise.`,
    );
  }
  return (field) => columns.get(field)?.unit ?? factor;
}

/** A span of columns without units that covers the answer, in file units. */
function answerSpan(values: RawRow["values"], columns: Columns): readonly [from: number, to: number] {
  const unitless = (field: Field): boolean => columns.has(field) && columns.get(field)?.unit === undefined;
  if (unitless("lastToken") && unitless("firstToken")) return [values.firstToken, values.lastToken];
  if (unitless("e2e")) return [0, values.e2e];
  if (unitless("tpot")) return [0, values.tpot * values.output];
  if (unitless("lastToken") && unitless("arrival")) return [values.arrival, values.lastToken];
  return [Number.NaN, Number.NaN];
}

export interface ChosenClock {
  readonly field: "queued" | "arrival";
  /** First and last token are instants on the arrival's clock. */
  readonly firstToken: boolean;
  readonly lastToken: boolean;
  readonly scheduled: boolean;
}

/** The arrival that shares a clock with the first token, or any arrival where the time to the first token is a column of its own. */
export function chooseClock(
  rows: readonly RawRow[],
  columns: Columns,
  scale: Scale,
  notes: string[],
): ChosenClock | undefined {
  const apart = (a: NumberField, b: NumberField): number =>
    Math.abs(
      median(
        rows.flatMap(({ values }) => {
          const gap = values[b] * scale(b) - values[a] * scale(a);
          return Number.isFinite(gap) ? [gap] : [];
        }),
      ),
    );
  const shares = (a: NumberField, b: NumberField): boolean =>
    columns.has(a) && columns.has(b) && apart(a, b) < ONE_CLOCK;
  const candidates = (["queued", "arrival"] as const).filter((field) => columns.has(field));
  for (const field of candidates) {
    const firstToken = shares(field, "firstToken");
    if (!firstToken && !columns.has("ttft")) {
      if (columns.has("firstToken"))
        notes.push(
          `${columns.get(field)?.name} is on another clock than ${columns.get("firstToken")?.name} (${Math.round(apart(field, "firstToken") / 1000)} s apart) and is not used.`,
        );
      continue;
    }
    const other = field === "queued" && columns.has("arrival") ? columns.get("arrival")?.name : undefined;
    if (other !== undefined)
      notes.push(
        shares("arrival", "firstToken")
          ? `${columns.get("queued")?.name} is the arrival at the engine; ${other} is not used.`
          : `${other} is on another clock than ${columns.get("firstToken")?.name}; ${columns.get("queued")?.name} is the arrival.`,
      );
    return {
      field,
      firstToken,
      lastToken: shares(field, "lastToken"),
      scheduled: shares(field, "scheduled"),
    };
  }
  return undefined;
}
