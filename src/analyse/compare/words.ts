import type { ComparedFigure, ComparisonWord } from "./schema.ts";

/** The same where the whole interval says so, however surely it is not zero; another where that is beyond doubt; else it cannot be told. */
export function wordOfChange(
  { value, low, high }: NonNullable<ComparedFigure["change"]>,
  bound: number,
  isSure: boolean,
  worseIs: ComparedFigure["worseIs"],
): ComparisonWord {
  if (low >= -bound && high <= bound) return "same";
  if (!isSure) return "cannot-tell";
  if (worseIs === "either") return "worse";
  return value > 0 === (worseIs === "more") ? "worse" : "better";
}

/** The word of a whole comparison: what is worse weighs more than what is better, and the same needs that most can be told. */
export function overall(figures: readonly ComparedFigure[]): ComparisonWord {
  const has = (word: ComparisonWord): boolean => figures.some((figure) => figure.word === word);
  if (has("worse")) return "worse";
  if (has("better")) return "better";
  const same = figures.filter(({ word }) => word === "same").length;
  const tested = figures.filter(({ p }) => p !== undefined).length;
  return tested > 0 && same * 2 >= tested ? "same" : "cannot-tell";
}

export function headlineOf(word: ComparisonWord, figures: readonly ComparedFigure[], within: number): string {
  const tested = figures.filter(({ p }) => p !== undefined);
  const of = (wanted: ComparisonWord): readonly ComparedFigure[] => tested.filter((figure) => figure.word === wanted);
  const percent = `${Number((within * 100).toPrecision(3))} %`;
  switch (word) {
    case "worse":
      return `It is worse: ${named(of("worse"))}.`;
    case "better":
      return `It is better: ${named(of("better"))}; nothing is worse.`;
    case "same":
      return `It is the same: ${of("same").length} of ${tested.length} figures within ${percent}, and no difference in the others.`;
    case "cannot-tell":
      return tested.length === 0
        ? "It cannot be told: no figure could be compared."
        : `It cannot be told: no difference was found, and only ${of("same").length} of ${tested.length} figures are the same within ${percent} beyond doubt.`;
  }
}

/** The gravest first, three at most. */
function named(figures: readonly ComparedFigure[]): string {
  const sorted = [...figures].sort((a, b) => Math.abs(b.change?.value ?? 0) - Math.abs(a.change?.value ?? 0));
  const told = sorted.slice(0, 3).map(({ metric, stage, change, absolute }) => {
    const size = (change?.value ?? 0) * 100;
    if (size >= 100 && !absolute) return `${metric} in ${stage} ${Number((1 + size / 100).toPrecision(3))} times`;
    const text = `${size > 0 ? "+" : ""}${Number(size.toPrecision(3))} ${absolute ? "points" : "%"}`;
    return `${metric} in ${stage} ${text}`;
  });
  const rest = figures.length - told.length;
  return rest > 0 ? `${told.join(", ")} and ${rest} more` : told.join(", ");
}
