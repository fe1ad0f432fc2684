import { parseYaml } from "../../../plan/index.ts";
import { at, isRecord, listOf, numberOf, textOf, toJson } from "../json.ts";
import { reference } from "../reference.ts";
import { callsOf } from "../script/calls.ts";
import { Choice, joined, mapOf, Unknown, type Value } from "../script/value.ts";
import type { Call, Draft, Importer, Left, LimitInput, Source, StageInput, ThinkInput } from "../types.ts";
import { duration, percent, rate, readDuration } from "../units.ts";
import { lineOf, unreadable } from "../unreadable.ts";

/** Artillery's YAML or JSON. */
export const artillery: Importer = {
  name: "artillery",
  title: "Artillery script",
  recognises: ({ text, json }) =>
    json === undefined
      ? /^["']?config["']?\s*:/m.test(text) && /^["']?scenarios["']?\s*:/m.test(text)
      : isRecord(at(json, "config")) && Array.isArray(at(json, "scenarios")),
  read,
};

const METHODS = ["get", "post", "put", "patch", "delete"];

function read({ name, text }: Source): Draft {
  const { raw, problems } = parseYaml(text);
  const [problem] = problems;
  if (!isRecord(raw))
    throw unreadable(
      name,
      problem === undefined ? "the script is no mapping" : `the script cannot be read: ${problem.message}`,
      "Mend it.",
      lineOf(problem?.place),
    );
  const left: Left[] = [];
  const config = raw["config"];
  const fill = fillerOf(config, left);
  const base = textOf(at(config, "target")) ?? "";
  const headers = at(config, "defaults", "headers") ?? at(config, "http", "defaults", "headers");
  const calls = listOf(raw["scenarios"]).flatMap((scenario, n): Call[] => {
    const steps: Step[] = [];
    flatten(listOf(at(scenario, "flow")), `scenarios[${n}].flow`, 1, steps, left);
    const engine = textOf(at(scenario, "engine"));
    if (engine !== undefined && engine !== "http") {
      left.push({ place: `scenarios[${n}]`, what: `its engine ${engine}` });
      return [];
    }
    const think = steps.map(({ step }) => pauseOf(at(step, "think"))).find((pause) => pause !== undefined);
    return steps.flatMap(({ step, place }) => {
      const method = METHODS.find((known) => isRecord(at(step, known)));
      if (method === undefined) return [];
      const request = at(step, method);
      for (const field of ["capture", "beforeRequest", "afterResponse", "form", "formData"]) {
        if (at(request, field) !== undefined)
          left.push({ place, what: `${field}: see hooks in the guide for what data cannot say` });
      }
      const url = textOf(at(request, "url")) ?? "/";
      return callsOf(
        {
          place,
          method: method.toUpperCase(),
          url: fill(/^https?:/.test(url) ? url : base + url),
          headers: merged(fill(headers), fill(at(request, "headers"))),
          body:
            at(request, "json") === undefined
              ? at(request, "body") === undefined
                ? undefined
                : fill(at(request, "body"))
              : fill(at(request, "json")),
          group: textOf(at(scenario, "name")) ?? (listOf(raw["scenarios"]).length > 1 ? `scenario-${n + 1}` : "user"),
          weight: numberOf(at(scenario, "weight")) ?? 1,
          think,
        },
        left,
      );
    });
  });
  const stages = listOf(at(config, "phases")).flatMap((phase, n) => stageOf(phase, `config.phases[${n}]`, left));
  return {
    what: "an Artillery script",
    calls,
    ...(stages.length === 0 ? {} : { stages: { value: stages, from: "config.phases" } }),
    slo: limits(config, left),
    left,
  };
}

interface Step {
  readonly step: unknown;
  readonly place: string;
}

/** Steps of a flow, those of loops once. */
function flatten(flow: readonly unknown[], place: string, depth: number, out: Step[], left: Left[]): void {
  for (const [i, step] of flow.entries()) {
    const here = `${place}[${i}]`;
    const inner = at(step, "loop") ?? at(step, "parallel");
    if (Array.isArray(inner) && depth < 5) {
      left.push({ place: here, what: "that its steps repeat or run at once: each is taken once" });
      flatten(inner, here, depth + 1, out, left);
    } else out.push({ step, place: here });
    const called = textOf(at(step, "function"));
    if (called !== undefined) left.push({ place: here, what: `the function ${called}` });
  }
}

/** `{{ name }}` by `config.variables`, `{{ $env.NAME }}` by a reference. */
function fillerOf(config: unknown, left: Left[]): (value: unknown) => Value {
  const variables = at(config, "variables");
  for (const [i, payload] of listOf(at(config, "payload")).entries())
    left.push({ place: `config.payload[${i}]`, what: `the CSV file ${textOf(at(payload, "path")) ?? ""}: see feeds` });
  if (isRecord(at(config, "payload")))
    left.push({
      place: "config.payload",
      what: `the CSV file ${textOf(at(config, "payload", "path")) ?? ""}: see feeds`,
    });
  if (at(config, "processor") !== undefined)
    left.push({ place: "config.processor", what: "its functions: they are not run" });
  const named = (name: string): Value => {
    const env = /^\$(?:env|processEnvironment|environment)\.(\w+)$/.exec(name)?.[1];
    if (env !== undefined) return reference(env);
    const value = isRecord(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
    const options = listOf(value).filter((item) => typeof item === "string" || typeof item === "number");
    if (options.length > 0) return new Choice(options);
    return typeof value === "string" || typeof value === "number" ? value : new Unknown(name);
  };
  const fill = (value: unknown): Value => {
    if (typeof value === "string") {
      const parts = value.split(/\{\{\s*([^{}]*?)\s*\}\}/);
      return parts.length === 1 ? value : joined(parts.map((part, i) => (i % 2 === 1 ? named(part) : part)));
    }
    if (Array.isArray(value)) return value.map(fill);
    if (isRecord(value)) return new Map(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    const json = toJson(value);
    return json === undefined || typeof json === "object" ? null : json;
  };
  return fill;
}

function merged(a: Value, b: Value): Value {
  return new Map([...mapOf(a), ...mapOf(b)]);
}

function pauseOf(value: unknown): ThinkInput | undefined {
  const ms = readDuration(value, 1000);
  return ms === undefined || ms === 0 ? undefined : duration(ms);
}

function stageOf(phase: unknown, place: string, left: Left[]): StageInput[] {
  const pause = readDuration(at(phase, "pause"), 1000);
  if (pause !== undefined && pause > 0) return [{ rest: duration(pause), at: "0/s" }];
  const ms = readDuration(at(phase, "duration"), 1000);
  const named = textOf(at(phase, "name"))
    ?.replaceAll(/[^A-Za-z0-9_. -]+/g, "-")
    .slice(0, 60);
  const name = named === undefined || named === "" ? {} : { name: named };
  if (at(phase, "maxVusers") !== undefined) left.push({ place, what: "maxVusers: see workload.maxUsers" });
  const arrivals = numberOf(at(phase, "arrivalRate"));
  const count = numberOf(at(phase, "arrivalCount"));
  const to = numberOf(at(phase, "rampTo"));
  if (ms === undefined || ms === 0 || (arrivals === undefined && count === undefined)) {
    left.push({ place, what: "a phase whose length or rate is no number" });
    return [];
  }
  if (arrivals !== undefined && to !== undefined)
    return [{ ramp: duration(ms), from: rate(arrivals), to: rate(to), ...name }];
  return [{ steady: duration(ms), at: rate(arrivals ?? ((count ?? 0) * 1000) / ms), ...name }];
}

const ENSURED = /^(?:http\.)?(?:response_time|request_rate)\.(p\d+|mean|median|min|max)$/;
const NAMES: Readonly<Record<string, string>> = { median: "p50" };

function limits(config: unknown, left: Left[]): Draft["slo"] {
  const out: { limit: LimitInput; from: string }[] = [];
  const ensure = at(config, "ensure") ?? at(config, "plugins", "ensure");
  if (!isRecord(ensure)) return out;
  const add = (key: string, value: unknown, from: string): void => {
    const figure = /^(?:p\d+|median|mean|min|max)$/.test(key) ? key : ENSURED.exec(key)?.[1];
    const number = numberOf(value);
    if (key === "maxErrorRate" && number !== undefined)
      out.push({ limit: `errors.rate <= ${percent(number / 100)}`, from });
    else if (figure !== undefined && number !== undefined && !key.includes("request_rate"))
      out.push({ limit: `response.${NAMES[figure] ?? figure} < ${number}ms`, from });
    else left.push({ place: from, what: `the limit ${key}` });
  };
  for (const [key, value] of Object.entries(ensure)) {
    const from = `config.ensure.${key}`;
    if (key === "thresholds")
      for (const limit of listOf(value))
        for (const [name, most] of Object.entries(isRecord(limit) ? limit : {})) add(name, most, from);
    else if (key === "conditions") left.push({ place: from, what: "conditions in Artillery's own language" });
    else add(key, value, from);
  }
  return out;
}
