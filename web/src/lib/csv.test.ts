import { expect, test } from "vitest";
import { csv } from "./csv.ts";

test("a name that a spreadsheet would run is text in the downloaded file", () => {
  expect(
    csv(
      ["name", "n"],
      [
        ['=HYPERLINK("x")', 1],
        ["a,b", null],
        ["plain", -2],
      ],
    ),
  ).toBe('name,n\r\n"\'=HYPERLINK(""x"")",1\r\n"a,b",\r\nplain,-2');
});
