import { OUTCOMES } from "../../base/index.ts";
import { formatCount, formatShare } from "../figures.ts";
import { fit, padEnd, padStart, plain, wrap } from "../text.ts";
import { errorsOf } from "./load.ts";
import { heading, type Section } from "./section.ts";

const NAME = Math.max(...OUTCOMES.map((outcome) => outcome.name.length));

/** Columns that a meaning needs to be read at all. */
const LEAST_ROOM = 24;

export const outcomes: Section = ({ total }, context) => {
  const { errors, ended } = errorsOf(total);
  if (ended === 0) return [];
  const { width, paint } = context;
  const seen = OUTCOMES.filter((outcome) => (total.outcomes[outcome.name] ?? 0) > 0);
  const countWidth = Math.max(...seen.map((outcome) => formatCount(total.outcomes[outcome.name] ?? 0).length));
  const lines = [heading("Outcomes", `errors ${formatShare(errors / ended)} (n = ${formatCount(ended)})`, context)];
  for (const { name, answered, error, meaning } of seen) {
    const count = total.outcomes[name] ?? 0;
    const prefix = `  ${padEnd(name, NAME)}  ${padStart(formatCount(count), countWidth)}  ${padStart(formatShare(count / ended), 8)}`;
    const colour = error ? paint(prefix, "red") : prefix;
    const indent = " ".repeat(prefix.length + 2);
    const why = context.reasons.filter((reason) => reason.outcome === name);
    if (answered || width - indent.length < LEAST_ROOM) {
      lines.push(fit(colour, width));
      continue;
    }
    const [first = "", ...more] = wrap(meaning, width - indent.length);
    lines.push(`${colour}  ${paint(first, "dim")}`, ...more.map((line) => indent + paint(line, "dim")));
    for (const { reason, count: times } of why)
      lines.push(...wrap(`${formatCount(times)} × ${plain(reason)}`, width, `${indent}  `, indent));
  }
  return lines;
};
