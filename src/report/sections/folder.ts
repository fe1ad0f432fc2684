import { basename, relative } from "node:path";
import type { Section } from "./section.ts";

const COLUMN = 12;

/** A path is never cut with an ellipsis: it is there to be copied. It goes on in the next line instead. */
function pieces(path: string, width: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < path.length; at += width) lines.push(path.slice(at, at + width));
  return lines;
}

/** Where everything of the run lies, and what to do with it next. */
export const folder: Section = ({ run }, { width, paint, cwd, mode }) => {
  const near = cwd === undefined ? run.folder : relative(cwd, run.folder);
  const shown = near === "" || near.startsWith("..") ? run.folder : near;
  const indent = " ".repeat(COLUMN);
  const [first = "", ...more] = pieces(shown, width - COLUMN);
  const lines = [`${paint("Run folder", "bold")}  ${first}`, ...more.map((line) => indent + line)];
  if (mode === "compact") return lines;
  const name = basename(run.folder);
  const commands: readonly (readonly [command: string, what: string])[] = [
    [`npx plimsoll report ${name}`, "shows this again"],
    [`npx plimsoll query ${name} "FROM events"`, "asks its tables"],
  ];
  const longest = Math.max(...commands.map(([command]) => command.length));
  for (const [command, what] of commands) {
    // A command that does not fit is left out: a cut one cannot be pasted.
    if (command.length + 2 > width) continue;
    const beside = longest + what.length + 4 <= width;
    lines.push(beside ? `  ${command.padEnd(longest)}  ${paint(what, "dim")}` : `  ${command}`);
  }
  return lines;
};
