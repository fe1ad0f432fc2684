import { type CiReport, checksIn } from "./report.ts";

/** GitHub shows ten annotations of a kind and step; the rest is in the step's summary. */
const MOST = 10;

/** Workflow commands that GitHub Actions turns into annotations: one a failed check, one a check that could not be judged, one a grave finding. */
export function githubAnnotations(report: CiReport, file: string | undefined): string {
  const lines = [
    ...checksIn(report, "failed").map(({ name, measured, why }) => ["error", name, sentence(measured, why)] as const),
    ...(report.unknownFails ? checksIn(report, "unknown") : []).map(
      ({ name, measured, why }) => ["warning", name, sentence(measured, why)] as const,
    ),
    ...report.findings
      .filter(({ severity }) => severity === "high" || severity === "medium")
      .map(({ title, details }) => ["warning", title, details.join(" ")] as const),
  ];
  const shown = (["error", "warning"] as const).flatMap((kind) =>
    lines.filter(([each]) => each === kind).slice(0, MOST),
  );
  return shown
    .map(([kind, title, message]) => {
      const properties = [...(file === undefined ? [] : [`file=${property(file)}`]), `title=${property(title)}`];
      return `::${kind} ${properties.join(",")}::${data(message || title)}\n`;
    })
    .join("");
}

function sentence(measured: string, why: string | undefined): string {
  return why === undefined ? `measured ${measured}` : `measured ${measured}: ${why}`;
}

/** Escapes of the runner's command parser. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
