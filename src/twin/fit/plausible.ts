import { median } from "../../stats/index.ts";
import type { TableFault } from "./table.ts";
import type { Observed } from "./types.ts";

/** Tokens that no model's context holds: a count beyond it is a slip of a column or a unit. */
const LONGEST_CONTEXT = 100_000_000;
/** Two clusters of times a token further apart than this are seconds beside ms. */
const UNITS_APART = 100;
/** Share of the rows that the smaller cluster has at least: a few slow requests are no second unit. */
const SECOND_UNIT = 0.05;

/** A request and the line of the table that it stands on. */
export interface Placed {
  readonly line: number;
  readonly request: Observed;
}

/** What no engine can have done: contexts beyond any model, rows in two units, all requests one and the same. */
export function implausible(rows: readonly Placed[]): TableFault[] {
  return [...tooLong(rows), ...twoUnits(rows), ...alike(rows)];
}

function tooLong(rows: readonly Placed[]): TableFault[] {
  return rows.flatMap(({ line, request: { inputTokens, outputTokens } }) =>
    inputTokens > LONGEST_CONTEXT || outputTokens > LONGEST_CONTEXT || inputTokens + outputTokens > LONGEST_CONTEXT
      ? [
          {
            code: "REQUESTS_LENGTH",
            line,
            message: "The request is longer than any model's context.",
            received: `${shown(inputTokens)} tokens in, ${shown(outputTokens)} out`,
            hint: "Correct the cell, or delete the row.",
          },
        ]
      : [],
  );
}

/** Times a token that fall into two clusters with nothing between them, and 100 times or more apart in their medians. */
function twoUnits(rows: readonly Placed[]): TableFault[] {
  const each = rows
    .map(({ line, request }) => ({
      line,
      ms: (request.lastTokenAt - request.firstTokenAt) / (request.outputTokens - 1),
    }))
    .filter(({ ms }) => ms > 0 && Number.isFinite(ms))
    .sort((a, b) => a.ms - b.ms);
  const least = Math.max(2, SECOND_UNIT * each.length);
  let cut = 0;
  let widest = 1;
  for (let i = Math.ceil(least); i <= each.length - least; i++) {
    const ratio = (each[i]?.ms ?? 0) / (each[i - 1]?.ms ?? Number.NaN);
    if (ratio > widest) [cut, widest] = [i, ratio];
  }
  const [fast, slow] = [each.slice(0, cut), each.slice(cut)];
  if (fast.length === 0 || !(median(slow.map(({ ms }) => ms)) > UNITS_APART * median(fast.map(({ ms }) => ms))))
    return [];
  if (widest < GAP) return [];
  const odd = (fast.length < slow.length ? fast : slow).map(({ line }) => line).sort((a, b) => a - b);
  return [
    {
      code: "REQUESTS_UNITS",
      ...(odd[0] === undefined ? {} : { line: odd[0] }),
      message: `The times are in two units: a token takes about ${short(median(fast.map(({ ms }) => ms)))} ms in ${fast.length} rows and ${short(median(slow.map(({ ms }) => ms)))} ms in ${slow.length}, and in none anything between.`,
      hint: "Write all rows in one unit.",
    },
  ];
}

/** Between the clusters nothing is nearer than this factor. */
const GAP = 8;

function alike(rows: readonly Placed[]): TableFault[] {
  const [first] = rows;
  if (first === undefined || rows.length < FEW) return [];
  const same = ({ request }: Placed): boolean =>
    request.arrivedAt === first.request.arrivedAt &&
    request.firstTokenAt === first.request.firstTokenAt &&
    request.lastTokenAt === first.request.lastTokenAt &&
    request.inputTokens === first.request.inputTokens;
  if (!rows.every(same)) return [];
  return [
    {
      code: "REQUESTS_SAME",
      line: first.line,
      message: `All ${rows.length} rows are one and the same request at one instant.`,
      hint: "Check what wrote the table: each request has times of its own.",
    },
  ];
}

/** Requests that may well be alike: two or three sent together. */
const FEW = 10;

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function shown(tokens: number): string {
  return Number.isNaN(tokens) ? "no" : String(tokens);
}
