/** One sample of a page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL}(?:,|(?=\\})))*)\\})? (\\S+)$`);

/**
 * A strict reader of Prometheus' text format 0.0.4. Throws on whatever a scraper would refuse or misread: samples outside their family, a family told
 * twice, a series twice, a histogram whose buckets fall, lack +Inf, or do not agree with its count.
 */
export function readExposition(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith("\n")) throw new Error("the page does not end with a line break");
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const series = new Set<string>();
  let current: { name: string; type: string; help: string; samples: Sample[] } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const help = new RegExp(`^# HELP (${NAME}) (.*)$`).exec(line);
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (help) {
      const name = help[1] ?? "";
      if (families.has(name)) throw new Error(`${name} is told twice`);
      current = { name, type: "", help: help[2] ?? "", samples: [] };
      families.set(name, current);
    } else if (type) {
      if (current?.name !== type[1] || current?.type !== "") throw new Error(`a TYPE out of place: ${line}`);
      current.type = type[2] ?? "";
    } else {
      const sample = sampleOf(line);
      const key = `${sample.name}${keyOf(sample.labels)}`;
      if (series.has(key)) throw new Error(`a series twice: ${line}`);
      series.add(key);
      const base = current?.type === "histogram" ? sample.name.replace(/_(?:bucket|count|sum)$/, "") : sample.name;
      if (current === undefined || base !== current.name) throw new Error(`a sample outside its family: ${line}`);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) {
    if (family.samples.length === 0) throw new Error(`${family.name} has no sample`);
    if (family.type === "histogram") checkHistogram(family);
    if (family.type === "counter" && family.samples.some(({ value }) => !(value >= 0)))
      throw new Error(`a counter below zero: ${family.name}`);
  }
  return families;
}

/** What GET /metrics of this server tells now. */
export async function scrape(url: string): Promise<ReadonlyMap<string, MetricFamily>> {
  return readExposition(await (await fetch(`${url}/metrics`)).text());
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.keys(labels)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((name) => [name, labels[name]]),
  );
}

function sampleOf(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (const [, name = "", value = ""] of (match[2] ?? "").matchAll(new RegExp(LABEL, "g"))) {
    if (name in labels) throw new Error(`a label twice: ${line}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
  }
  return { name: match[1] ?? "", labels, value: numberOf(match.at(-1) ?? "") };
}

function numberOf(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (!/^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function checkHistogram({ name, samples }: MetricFamily): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le, ...rest } = sample.labels;
    if ((le !== undefined) !== sample.name.endsWith("_bucket")) throw new Error(`le out of place in ${name}`);
    const key = keyOf(rest);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberOf(labels.le ?? ""));
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${name} has no +Inf`);
    if (bounds.some((bound, index) => index > 0 && !(bound > (bounds[index - 1] ?? 0))))
      throw new Error(`the bounds of ${name} do not rise`);
    if (buckets.some(({ value }, index) => value < (buckets[index - 1]?.value ?? 0))) throw new Error(`${name} falls`);
    if (buckets.at(-1)?.value !== count) throw new Error(`the count of ${name} is not its last bucket`);
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}

/** The value of the one series with these labels. */
export function valueOf(
  families: ReadonlyMap<string, MetricFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|count|sum)$/, ""));
  const found = (family?.samples ?? []).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  if (found.length !== 1) throw new Error(`${found.length} series are ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value ?? Number.NaN;
}

/** Bounds of a histogram, without +Inf. */
export function boundsOf(families: ReadonlyMap<string, MetricFamily>, name: string): readonly number[] {
  const bounds = (families.get(name)?.samples ?? []).flatMap(({ labels }) => labels.le ?? []).map(numberOf);
  return [...new Set(bounds)].filter(Number.isFinite);
}
