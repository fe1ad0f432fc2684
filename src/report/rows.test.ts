import { describe, expect, it } from "vitest";
import { renderRows } from "./rows.ts";
import { displayWidth } from "./text.ts";

const rows = {
  truncated: false,
  columns: ["outcome", "n", "mean", "text"],
  rows: [
    ["complete", 612, 1.23456789, 'a "quoted", text\nof two lines'],
    ["refused", "1152921504606846976", null, "\u001b[2Jx"],
  ],
};

describe("the answer to a query", () => {
  it("is a table that fits the terminal", () => {
    const text = renderRows(rows, { format: "table", width: 60, color: false });
    expect(text).toBe(
      [
        "outcome                     n     mean  text",
        'complete                  612  1.23457  a "quoted", text of…',
        "refused   1152921504606846976           x",
        "(2 rows)",
        "",
      ].join("\n"),
    );
    for (const line of renderRows(rows, { format: "table", width: 30, color: false }).split("\n"))
      expect(displayWidth(line)).toBeLessThanOrEqual(30);
  });

  it("is CSV with every digit and every line break kept", () => {
    expect(renderRows(rows, { format: "csv", width: 80, color: false })).toBe(
      'outcome,n,mean,text\ncomplete,612,1.23456789,"a ""quoted"", text\nof two lines"\nrefused,1152921504606846976,,\u001b[2Jx\n',
    );
  });

  it("is JSON with every value as it is", () => {
    const parsed: unknown = JSON.parse(renderRows(rows, { format: "json", width: 80, color: false }));
    expect(parsed).toEqual([
      { outcome: "complete", n: 612, mean: 1.23456789, text: 'a "quoted", text\nof two lines' },
      { outcome: "refused", n: "1152921504606846976", mean: null, text: "\u001b[2Jx" },
    ]);
    expect(
      renderRows({ columns: ["a"], rows: [], truncated: false }, { format: "json", width: 80, color: false }),
    ).toBe("[]\n");
  });

  it("sends no control character of a stored text to a terminal", () => {
    const hostile = { columns: ["t"], rows: [["\u001b[2J\u009b31m\u202ex"]], truncated: false };
    for (const format of ["table", "csv", "json"] as const) {
      const text = renderRows(hostile, { format, width: 80, color: false, terminal: true });
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      if (format === "json") expect(JSON.parse(text)).toEqual([{ t: hostile.rows[0]?.[0] }]);
    }
  });

  it("says when a table does not hold every row", () => {
    const text = renderRows(
      { columns: ["i"], rows: [[1], [2]], truncated: true },
      { format: "table", width: 80, color: false },
    );
    expect(text).toContain("(the first 2 rows; --csv and --json print all)");
  });
});
