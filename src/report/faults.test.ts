import { describe, expect, it } from "vitest";
import { EXIT, PlimsollError } from "../base/index.ts";
import { renderFaults } from "./faults.ts";

const error = new PlimsollError(
  [
    {
      code: "PLAN_UNKNOWN_FIELD",
      message: "`stagess` is not a field of a plan.",
      path: "stagess",
      file: "/home/ada/plan.yaml",
      line: 12,
      column: 3,
      received: "[...]",
      hint: "Write `stages`.",
    },
    {
      code: "PLAN_RANGE",
      message: "A weight must be above zero.",
      path: "workload.personas[0].weight",
      received: "\u001b[2J-1",
    },
    { code: "PLAN_VARIABLE", message: "The variable KEY is not set.", file: "/etc/other.yaml", line: 2 },
  ],
  EXIT.planInvalid,
);

describe("faults of an input", () => {
  it("are shown all at once, each with its place, code, received value and hint, and counted", () => {
    expect(renderFaults(error, { color: false, cwd: "/home/ada" })).toBe(
      [
        "plan.yaml:12:3 stagess  PLAN_UNKNOWN_FIELD",
        "  `stagess` is not a field of a plan.",
        "  received: [...]",
        "  hint: Write `stages`.",
        "",
        "workload.personas[0].weight  PLAN_RANGE",
        "  A weight must be above zero.",
        "  received: -1",
        "",
        "/etc/other.yaml:2  PLAN_VARIABLE",
        "  The variable KEY is not set.",
        "",
        "3 faults",
        "",
      ].join("\n"),
    );
  });

  it("are coloured only where colour is wanted", () => {
    expect(renderFaults(error, { color: true })).toContain("\u001b[");
    expect(renderFaults(error, { color: false })).not.toContain("\u001b");
  });
});
