import { expect, test } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { pacedOptions } from "./argv.ts";
import { PACED_DEFAULTS } from "./options.ts";

function codesOf(args: readonly string[]): string[] {
  try {
    pacedOptions(args);
    return [];
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults.map(({ code, path }) => `${code} ${path ?? ""}`.trim());
    throw error;
  }
}

test("without arguments every default holds", () => {
  expect(pacedOptions([])).toEqual(PACED_DEFAULTS);
});

test("arguments replace defaults", () => {
  const options = pacedOptions(["--slots", "3", "--gap=7.5", "--model", "m", "--send-log", "x.csv"]);
  expect(options).toMatchObject({ slots: 3, gap: 7.5, model: "m", sendLog: "x.csv" });
});

test("every bad value is named at once", () => {
  expect(codesOf(["--slots", "0", "--gap", "fast", "--fail-rate", "2", "--seed", "1.5"])).toEqual([
    "TWIN_BAD_OPTION seed",
    "TWIN_BAD_OPTION slots",
    "TWIN_BAD_OPTION gap",
    "TWIN_BAD_OPTION fail-rate",
  ]);
});

test("an unknown option is refused", () => {
  expect(codesOf(["--speed", "9"])).toEqual(["TWIN_UNKNOWN_OPTION"]);
});
