import { Option } from "commander";
import { EXIT } from "../../base/index.ts";
import { type CommandEntry, examples } from "../command.ts";
import { runsOption } from "../options.ts";
import { runFolder } from "../run-folder.ts";

interface Flags {
  readonly runs: string;
  readonly json?: true;
  readonly csv?: true;
}

/** Rows of a table on the terminal; files get all. */
const MOST_ROWS = 1_000;

export const query: CommandEntry = {
  name: "query",
  summary: "ask a run's rows in SQL",
  define(command) {
    command
      .argument("<run>", "a run folder, a run's name, or latest")
      .argument("<sql>", "a SELECT in DuckDB's dialect")
      .addOption(runsOption())
      .addOption(new Option("--json", "print rows as JSON").conflicts("csv"))
      .addOption(new Option("--csv", "print rows as CSV"))
      .addHelpText(
        "after",
        examples(
          [
            'npx plimsoll query latest "SELECT outcome, reason, count(*) AS n FROM samples GROUP BY ALL ORDER BY n DESC"',
            "How requests ended, and why:",
          ],
          [
            'npx plimsoll query latest "SELECT stage, quantile_cont(firstTokenAt - scheduledAt, 0.95) AS ttft FROM samples GROUP BY ALL" --csv',
            "First token by stage, ms:",
          ],
        ),
      );
  },
  async moreHelp() {
    const [{ describeTables }, { renderTables }] = await Promise.all([
      import("../../record/index.ts"),
      import("../../report/index.ts"),
    ]);
    return `\n${renderTables(describeTables(), 100)}`;
  },
  async run({ args, command, io, color }) {
    const { runs, json, csv } = command.opts<Flags>();
    const [{ openRun }, { renderRows, wantsColor }] = await Promise.all([
      import("../../record/index.ts"),
      import("../../report/index.ts"),
    ]);
    const [name = "latest", sql = ""] = args;
    const format = json ? "json" : csv ? "csv" : "table";
    const run = await openRun(runFolder(name, runs, io.cwd));
    try {
      const rows = await run.query(sql, format === "table" ? { maxRows: MOST_ROWS } : {});
      io.out(
        renderRows(rows, {
          format,
          width: io.outTerminal.columns(),
          terminal: io.outTerminal.isTTY,
          color: wantsColor(io.outTerminal, color),
        }),
      );
    } finally {
      run.close();
    }
    return EXIT.held;
  },
};
