import { EXIT, PlimsollError } from "../../base/index.ts";

/** A file that `init --from` cannot read. */
export function unreadable(file: string, message: string, hint: string, line?: number): PlimsollError {
  return new PlimsollError(
    { code: "INIT_UNREADABLE", file, message, hint, ...(line === undefined ? {} : { line }) },
    EXIT.planInvalid,
  );
}

/** The line of a place in YAML. */
export function lineOf(place: { readonly line: number } | "nowhere" | undefined): number | undefined {
  return typeof place === "object" ? place.line : undefined;
}
