import { type Redactor, redactor } from "../../base/index.ts";
import { isMapping, type PlanInput, SCHEMA_LINE, writeYaml } from "../../plan/index.ts";
import { BOUNDS } from "./bounds.ts";
import { planText, unsetIn } from "./reference.ts";
import type { Left } from "./types.ts";

const NOTES: Readonly<Record<string, string>> = {
  target: "What is loaded, from",
  workload: "Who asks what, from",
  stages: "How much load, from",
  slo: "What must hold, from",
};

const NOTHING_SAID = "How much load: the file does not say; this is a modest one to begin with.";

export interface Writing {
  readonly input: PlanInput;
  readonly from: Readonly<Record<string, string>>;
  readonly left: readonly Left[];
  /** `a HAR file of 12 requests` */
  readonly what: string;
  readonly file: string;
  readonly secrets: readonly string[];
}

/** The plan as YAML: where each part comes from above it, what was left out at the end. */
export function writePlan({ input, from, left, what, file, secrets }: Writing): string {
  const whole = JSON.stringify([input, from, left]);
  const redact = redactor(secrets.filter((secret) => whole.includes(JSON.stringify(secret).slice(1, -1))));
  const comment = (text: string): string => `# ${redact(oneLine(text))}`;
  const variables = [...new Set(unsetOf(input))].toSorted();
  const out = [
    SCHEMA_LINE.trimEnd(),
    comment(`Made by \`plimsoll init --from\` of ${file}: ${what}.`),
    ...(variables.length === 0 ? [] : [comment(`Set before use: ${variables.join(", ")}.`)]),
    "",
  ];
  for (const [section, value] of Object.entries(input)) {
    const source = from[section];
    const note = NOTES[section];
    if (note !== undefined && source !== undefined)
      out.push(comment(source === "" ? NOTHING_SAID : `${note}: ${source}`));
    out.push(writeYaml({ [section]: planTexts(value, redact) }));
  }
  if (left.length > 0) {
    out.push(comment("Not carried over:"));
    for (const { place, what: lost } of left.slice(0, BOUNDS.left))
      out.push(comment(`- ${place === "" ? "" : `${place}: `}${lost}`));
    if (left.length > BOUNDS.left) out.push(comment(`- ${left.length - BOUNDS.left} more of the kind`));
    out.push("");
  }
  return out.join("\n");
}

/** One line, whatever the file's text holds. */
export function oneLine(text: string): string {
  const line = planText(text).replaceAll(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  return line.length > 240 ? `${line.slice(0, 239)}…` : line;
}

/** Everything in a plan as the plan writes it: references as `${NAME}`, other text as it is. */
export function planTexts(value: unknown, redact: Redactor = (text) => text): unknown {
  if (typeof value === "string") return redact(planText(value));
  if (Array.isArray(value)) return value.map((item: unknown) => planTexts(item, redact));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, planTexts(item, redact)]));
}

/** Variables without which the plan cannot be read. */
export function unsetOf(value: unknown): string[] {
  if (typeof value === "string") return unsetIn(value);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(unsetOf);
}
