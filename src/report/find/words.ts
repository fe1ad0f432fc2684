import type { Found } from "../../analyse/index.ts";
import { formatNumber } from "../../base/index.ts";
import { plain } from "../text.ts";

/** `3.42 sessions/s` */
export function loadText(value: number, unit: string): string {
  return `${formatNumber(value)} ${unit}`;
}

/** The answer of a search as one sentence with the numbers that decide. */
export function answerSentence({ answer, unit, ended }: Pick<Found, "answer" | "unit" | "ended">): string {
  switch (answer.kind) {
    case "crossed": {
      const { value, low, high } = answer.load;
      return `It carries ${loadText(value, unit)} (95 % interval ${formatNumber(low)} to ${formatNumber(high)}); then ${plain(answer.limit)} gives way.`;
    }
    case "above":
      return `Every limit held up to ${loadText(answer.load, unit)}, the highest load ${ended.why === "most" ? "that may be tried" : "at which that is sure"}.`;
    case "below":
      return `A limit is broken at ${loadText(answer.load, unit)} already, the least load ${ended.why === "least" ? "that may be tried" : "at which that is sure"}.`;
    case "nothing":
      return `No load can be told: ${ended.words}`;
  }
}
