import type { AtLoad, PageData } from "../../../src/report/page/types.ts";
import type { XyAxis } from "../charts/xy.tsx";
import { formatNumber, loadUnit } from "../lib/format.ts";

/** Stretches in the unit that most of the run was in, by load; those without attempts say nothing. */
export function byLoad({ atLoad, verdict, expected }: PageData): readonly AtLoad[] {
  const seen = atLoad.filter(({ attempts }) => attempts > 0);
  const time = (unit: AtLoad["unit"]): number =>
    seen.reduce((sum, row) => sum + (row.unit === unit ? row.seconds : 0), 0);
  const most: AtLoad["unit"] = time("users") > time("sessions/s") ? "users" : "sessions/s";
  const unit =
    verdict.line?.unit ?? (expected?.unit === "users" || expected?.unit === "sessions/s" ? expected.unit : most);
  return seen.filter((row) => row.unit === unit).sort((a, b) => a.load - b.load);
}

export function loadAxis({ expected }: PageData, rows: readonly AtLoad[]): XyAxis {
  const [first] = rows;
  return {
    kind: "linear",
    low: 0,
    high:
      Math.max(
        expected !== undefined && expected.unit === first?.unit ? expected.value : 0,
        ...rows.map(({ load }) => load),
      ) * 1.04,
    title: loadUnit(first?.unit ?? "sessions/s"),
    text: formatNumber,
  };
}

/** The expected peak and the safe load, upright. */
export function loadMarks({ expected, verdict }: PageData): readonly { readonly x: number; readonly label: string }[] {
  const safe = verdict.line?.safe;
  return [
    ...(expected === undefined ? [] : [{ x: expected.value, label: "expected peak" }]),
    ...(safe === undefined ? [] : [{ x: safe.value, label: "safe load" }]),
  ];
}

/** A stage of even load is a point of its own; only the steps of one ramp are joined by a line. */
export function aloneIn(rows: readonly AtLoad[], row: AtLoad | undefined, named: boolean): { readonly alone?: string } {
  if (row === undefined || rows.filter(({ stage }) => stage === row.stage).length > 1) return {};
  return { alone: named ? row.stage : "" };
}
