import type { PromptColumns } from "../../plan/index.ts";
import type { Reading } from "../records/record-file.ts";
import { lineSplitter } from "../records/splitters.ts";
import { decoded, holdsText } from "../records/text.ts";
import type { Found } from "./found.ts";
import { entryOfJson } from "./json-entry.ts";

/** Every line that is not blank is a JSON value. */
export function jsonReading(columns: PromptColumns): Reading<Found> {
  return {
    splitter: lineSplitter(),
    holds: holdsText,
    parse: (bytes, line) => {
      const raw = decoded(bytes);
      if (typeof raw !== "string") return raw;
      let value: unknown;
      try {
        value = JSON.parse(raw);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return {
          code: "WORKLOAD_JSON_INVALID",
          message: "not JSON",
          received: raw.slice(0, 80),
          hint: "Write one JSON value a line, or set `format: text`.",
        };
      }
      const found = entryOfJson(value, { columns });
      if (typeof found !== "string") return { line, ...found };
      return {
        code: "WORKLOAD_PROMPT_MISSING",
        message: found,
        received: raw.slice(0, 80),
        hint: "Name the prompt's field with `field`, or use prompt, text, question, turns or messages.",
      };
    },
  };
}
