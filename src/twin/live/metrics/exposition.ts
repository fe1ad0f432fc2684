import type { Buckets } from "./buckets.ts";

export type Labels = Readonly<Record<string, string>>;
export type MetricType = "counter" | "gauge" | "histogram";

/** Content type of the page that {@link Exposition} writes. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Family {
  readonly type: MetricType;
  readonly help: string;
  readonly lines: string[];
}

/**
 * A page in Prometheus' text format (version 0.0.4), in the manner of Python's client, which vLLM and SGLang write with: labels in
 * alphabetical order, whole numbers with `.0`. Samples of one family stay together, in whatever order they are added.
 */
export class Exposition {
  readonly #families = new Map<string, Family>();

  /** @throws RangeError for one name with two types: such a page would be refused whole */
  add(name: string, type: "counter" | "gauge", help: string, labels: Labels, value: number): void {
    this.#family(name, type, help).lines.push(`${name}${labelText(labels)} ${valueText(value)}`);
  }

  histogram(name: string, help: string, labels: Labels, buckets: Buckets): void {
    const { lines } = this.#family(name, "histogram", help);
    const cumulative = buckets.cumulative();
    for (const [index, count] of cumulative.entries()) {
      const bound = buckets.bounds[index];
      const le = bound === undefined ? "+Inf" : valueText(bound);
      lines.push(`${name}_bucket${labelText({ ...labels, le })} ${valueText(count)}`);
    }
    lines.push(`${name}_count${labelText(labels)} ${valueText(buckets.count)}`);
    lines.push(`${name}_sum${labelText(labels)} ${valueText(buckets.sum)}`);
  }

  toString(): string {
    let page = "";
    for (const [name, { type, help, lines }] of this.#families)
      page += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    return page;
  }

  #family(name: string, type: MetricType, help: string): Family {
    const known = this.#families.get(name);
    if (known !== undefined) {
      if (known.type !== type) throw new RangeError(`${name} is a ${known.type} and a ${type}`);
      return known;
    }
    const family: Family = { type, help, lines: [] };
    this.#families.set(name, family);
    return family;
  }
}

function labelText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return "";
  return `{${names.map((name) => `${name}="${escapeLabel(labels[name] ?? "")}"`).join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** As Python's client writes floats: `3.0`, `0.25`, `1.5e+06`, `+Inf`. */
function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  if (Number.isNaN(value)) return "NaN";
  if (value >= 1e6) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e+");
    return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}e+${exponent.padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
