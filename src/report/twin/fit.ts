import { formatNumber } from "../../base/index.ts";
import { type Estimate, type FitResult, PARAMETERS, type PartReport } from "../../twin/index.ts";
import { counted, formatCount, formatLatency, NONE } from "../figures.ts";
import { painter } from "../paint.ts";
import { type Cell, type Column, table } from "../table.ts";
import { plain, wrap } from "../text.ts";

export interface FitRenderOptions {
  readonly width: number;
  readonly color: boolean;
}

/** A fit as the terminal shows it: how far the model is from what was measured, the coefficients, and what they do not say. */
export function renderFit(result: FitResult, { width, color }: FitRenderOptions): string {
  const paint = painter(color);
  const wide = Math.min(100, width);
  const judged = result.held ?? result.fitted;
  const lines: string[] = [
    ...result.warnings.flatMap((text) => [...wrap(text, wide).map((line) => paint(line, "red")), ""]),
    ...wrap(headline(result, judged), wide).map((line) => paint(line, "bold")),
    "",
    ...comparison(result, wide, paint),
    "",
    paint("Step time, ms", "bold"),
    ...coefficients(result, wide, paint),
  ];
  const open = result.identification.estimates.filter(({ identified }) => !identified);
  if (open.length > 0) lines.push("", ...wrap(openSentence(open, result), wide, "  "));
  lines.push(
    "",
    paint("Residuals, log ratio of predicted over measured", "bold"),
    ...residualTable(result, wide, paint),
  );
  const remarks = [
    ...result.notes,
    ...result.assumptions.map((text) => `Assumed: ${text}.`),
    ...(result.cut ? ["The time for the search ran out: --time gives it more."] : []),
    `Searched from the shape of ${result.shape}: ${formatCount(result.evaluations)} simulations in ${formatNumber(result.ms / 1000)} s.`,
  ];
  lines.push("", ...remarks.flatMap((text) => wrap(plain(text), wide, "  ", "- ")));
  return `${lines.join("\n")}\n`;
}

type Paint = ReturnType<typeof painter>;

function headline(result: FitResult, judged: PartReport): string {
  const off = (name: string): string => {
    const found = judged.measures.find((measure) => measure.name === name);
    return found === undefined ? NONE : percent(found.predicted / found.measured - 1);
  };
  const on =
    result.held === undefined
      ? "the requests that it was fitted to"
      : `${counted(judged.requests, "request")} that it had not seen`;
  return `On ${on} the model is off by ${off("ttft mean")} in the mean first token, ${off("tpot mean")} in the mean time a token, ${off("e2e mean")} in the mean response.`;
}

function comparison(result: FitResult, width: number, paint: Paint): string[] {
  const parts: (readonly [title: string, part: PartReport])[] =
    result.kinds.length > 0
      ? result.kinds.map(({ kind, report }) => [kind, report] as const)
      : [["fitted", result.fitted]];
  if (result.held !== undefined) parts.push(["held out", result.held]);
  const columns: Column[] = [
    { title: "", align: "left" },
    { title: "", align: "left" },
    { title: "n", align: "right" },
    { title: "measured", align: "right" },
    { title: "predicted", align: "right" },
    { title: "off", align: "right" },
  ];
  const rows = parts.flatMap(([title, part]) =>
    part.measures.map(({ name, measured, predicted, n }, i): Cell[] => {
      const show = (value: number): string =>
        Number.isNaN(value) ? NONE : name === "tokens/s" ? formatNumber(value) : formatLatency(value);
      return [
        { text: i === 0 ? title : "" },
        { text: name },
        { text: formatCount(n) },
        { text: show(measured) },
        { text: show(predicted) },
        { text: percent(predicted / measured - 1) },
      ];
    }),
  );
  const { predicted, measured } = result.preemptions;
  rows.push([
    { text: "all" },
    { text: "preemptions" },
    { text: "" },
    { text: measured === undefined ? NONE : formatCount(measured) },
    { text: formatCount(predicted) },
    { text: measured === undefined || measured === 0 ? "" : percent(predicted / measured - 1) },
  ]);
  return table(columns, rows, { width, paint });
}

function coefficients(result: FitResult, width: number, paint: Paint): string[] {
  const columns: Column[] = [
    { title: "", align: "left" },
    { title: "value", align: "right" },
    { title: "from", align: "right" },
    { title: "to", align: "right" },
    { title: "", align: "left" },
    { title: "of", align: "left", drop: 1 },
  ];
  const rows = result.identification.estimates.map((estimate): Cell[] => {
    const { name, value, low, high, openDown, openUp, identified, condition = "" } = estimate;
    return [
      { text: name },
      { text: digits(value) },
      { text: `${openDown ? "< " : ""}${digits(low)}` },
      { text: `${openUp ? "> " : ""}${digits(high)}` },
      identified ? { text: condition } : { text: "not identified", styles: ["yellow"] },
      { text: PARAMETERS.find((entry) => entry.name === name)?.meaning ?? "" },
    ];
  });
  return table(columns, rows, { width, paint });
}

function openSentence(open: readonly Estimate[], { identification: { combination }, probed }: FitResult): string {
  const more = probed ? "" : " plimsoll twin probe can tell more.";
  const names = open.map(({ name }) => name);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const first = `These data do not tell ${list}: values up to the ends of the interval predict as well to within 1 %.`;
  if (combination === undefined) return `${first}${more}`;
  const terms = combination.terms
    .map(({ name, factor }) => (Math.abs(factor - 1) < 1e-9 ? name : `${digits(factor)}·${name}`))
    .join(" + ");
  return `${first} What they do tell is the sum ${terms} = ${digits(combination.value)} ms (${digits(combination.low)} to ${digits(combination.high)}).${more}`;
}

function residualTable(result: FitResult, width: number, paint: Paint): string[] {
  const columns: Column[] = [
    { title: "", align: "left" },
    { title: "bins", align: "right" },
    { title: "median", align: "right" },
    { title: "median of |·|", align: "right" },
  ];
  const rows = result.residuals.map(({ name, n, bias, spread }): Cell[] => [
    { text: name },
    { text: formatCount(n) },
    { text: percent(Math.expm1(bias)) },
    { text: percent(Math.expm1(spread)).replace(/^\+/, "") },
  ]);
  return table(columns, rows, { width, paint });
}

function percent(share: number): string {
  if (!Number.isFinite(share)) return NONE;
  return `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
}

/** Three significant digits, small ones as a power of ten. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return size >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}
