import { describeTables } from "../../src/record/index.ts";
import { page, table } from "./table.ts";

const FILES: readonly (readonly [file: string, holds: string])[] = [
  [
    "`plan.json`",
    "the plan as it ran, without its secrets; under `run` what the run added: id, version, start, hash of the plan, sessions that each stage asks for",
  ],
  [
    "`events.jsonl`",
    "one line per event: stages, observed servers, warnings, guards, the end with its cause; written at once",
  ],
  ["`samples/*.parquet`", "one row per attempt"],
  ["`gaps/*.parquet`", "histograms of the gaps between content events, per second, stage and persona"],
  ["`gaps/full-*.parquet`", "every gap of the attempts whose gaps are kept in full (`generator.gaps` in the plan)"],
  ["`series/*.parquet`", "everything counted or scraped over time; names are in [METRICS.md](METRICS.md)"],
  ["`spans/*.parquet`", "spans that the application sent"],
  [
    "`texts/*.jsonl`",
    "prompts and answers of the attempts whose texts are kept (`generator.texts` in the plan), redacted",
  ],
  ["`summary.json`", "the result; its schema is [schemas/summary.schema.json](../schemas/summary.schema.json)"],
  [
    "`findings.json`",
    "the verdict, the load line and the findings; its schema is [schemas/findings.schema.json](../schemas/findings.schema.json)",
  ],
];

/** docs/RUN-FOLDER.md */
export function runFolderPage(): string {
  return page("src/record/columns.ts, src/record/tables.ts, src/record/views.ts", [
    "# The run folder",
    'A run writes everything that it measured into `runs/<UTC time>-<name>/`. A summary or a report is made from the folder alone, on any machine, at any time later. The files are plain Parquet and JSON lines: `plimsoll query RUN "SELECT ..."` opens them in DuckDB, and so does any engine that reads Parquet.',
    table(["file", "holds"], FILES),
    "## Segments",
    [
      "Parquet files are segments, numbered in the order in which they were closed. A segment is closed every four seconds (or at 16,384 rows), written as `.tmp`, made durable and then",
      "renamed: a file without `.tmp` is whole. A run that is killed loses at most the open segment and the one that is being written.",
    ].join("\n"),
    [
      "So that a long run does not leave tens of thousands of files, 64 neighbours (or fewer, once they hold a million rows) are merged into one, whose name tells what it replaces: `000001-000064.parquet`.",
      "A reader that finds both the merged file and one that it covers reads the merged one only.",
    ].join("\n"),
    'Absent values are NULL: a time that did not happen, a count that nobody told. Texts beyond 65,536 distinct ones in a run are recorded as "(more texts than can be kept)", and the run warns of it.',
    "## Tables",
    "Times are ms from the run's start. Join attempts to their gaps and texts by session, turn and attempt.",
    ...describeTables().flatMap(({ name, title, columns }) => [
      `### ${name}`,
      `${title[0]?.toUpperCase()}${title.slice(1)}.`,
      table(
        ["column", "type", "meaning"],
        columns.map((column) => [`\`${column.name}\``, column.type, column.meaning]),
      ),
    ]),
  ]);
}
