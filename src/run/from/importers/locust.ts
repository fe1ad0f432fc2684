import { BOUNDS } from "../bounds.ts";
import { callsOf, thinkOf } from "../script/calls.ts";
import { type PythonClass, pythonFile } from "../script/python.ts";
import { itemsOf, joined, member, Range, type Value } from "../script/value.ts";
import type { Call, Draft, Importer, Left, Source, StageInput } from "../types.ts";
import { duration, users } from "../units.ts";
import { unreadable } from "../unreadable.ts";

/** Locust files: classes and calls are read, nothing is run. */
export const locust: Importer = {
  name: "locust",
  title: "Locust file",
  recognises: ({ text }) => /^\s*(?:from\s+locust(?:\.[\w.]+)?\s+import|import\s+locust)\b/m.test(text),
  read,
};

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);

function read({ name, text }: Source): Draft {
  if (text.length > BOUNDS.script)
    throw unreadable(name, "the file is larger than 2 MB", "Keep its data in files of their own.");
  const left: Left[] = [];
  const file = pythonFile(text);
  const calls = file.classes.flatMap((found) => callsIn(found, left));
  const shape = file.classes.find(({ bases }) => bases.some((base) => base.endsWith("LoadTestShape")));
  const stages = shape === undefined ? [] : stagesOf(shape, left);
  for (const { place, what } of file.left) left.push({ place, what });
  return {
    what: "a Locust file",
    calls,
    ...(stages.length === 0
      ? {}
      : { stages: { value: stages, from: `line ${shape?.line ?? 0} (${shape?.name ?? ""})` } }),
    slo: [],
    left,
  };
}

function callsIn({ name, attributes, functions, line }: PythonClass, left: Left[]): Call[] {
  const host = attributes.get("host");
  const own = attributes.get("weight");
  const think = thinkOf(attributes.get("wait_time"));
  const tasks = functions.filter(({ calls }) => calls.some(({ target }) => /\bclient\.\w+$/.test(target)));
  if (attributes.get("wait_time") !== undefined && think === undefined)
    left.push({ place: `line ${line}`, what: `wait_time of ${name}: only between() and constant() are read` });
  return tasks.flatMap((task) =>
    task.calls.flatMap(({ target, positional, keywords, line: at }): Call[] => {
      const method = target.split(".").at(-1) ?? "";
      const place = `line ${at}`;
      if (!/\bclient\.\w+$/.test(target)) return [];
      if (!METHODS.has(method) && method !== "request") {
        left.push({ place, what: `${target}()` });
        return [];
      }
      if (task.name.startsWith("on_")) left.push({ place, what: `that ${task.name} runs once for each user` });
      const [verb, path] =
        method === "request" ? positional : [method.toUpperCase(), positional[0] ?? keywords.get("url")];
      const url =
        path === undefined
          ? null
          : typeof path === "string" && /^https?:/.test(path)
            ? path
            : joined(typeof host === "string" ? [host.replace(/\/$/, ""), path] : [path]);
      return callsOf(
        {
          place,
          method: typeof verb === "string" ? verb.toUpperCase() : "POST",
          url,
          headers: keywords.get("headers"),
          body: keywords.get("json") ?? keywords.get("data"),
          group: tasks.length > 1 ? task.name : name,
          weight: (typeof own === "number" ? own : 1) * (task.weight ?? 1),
          think,
        },
        left,
      );
    }),
  );
}

/** `stages = [{"duration": 60, "users": 10, "spawn_rate": 2}, ...]`: each lasts until so many seconds of the run. */
function stagesOf(shape: PythonClass, left: Left[]): StageInput[] {
  const list = itemsOf(shape.attributes.get("stages"));
  if (list.length === 0)
    left.push({ place: `line ${shape.line}`, what: `the load of ${shape.name}: only a list of stages is read` });
  let from = 0;
  let before = 0;
  const stages: StageInput[] = [];
  for (const step of list) {
    const until = number(member(step, "duration"));
    const count = number(member(step, "users"));
    const spawn = number(member(step, "spawn_rate")) ?? count ?? 1;
    if (until === undefined || count === undefined || until <= from) {
      left.push({ place: `line ${shape.line}`, what: "a stage whose duration or users is no number" });
      continue;
    }
    const rise = Math.min(until - from, Math.abs(count - before) / Math.max(spawn, 0.001));
    if (rise >= 0.05) stages.push({ ramp: duration(rise * 1000), from: users(before), to: users(count) });
    if (until - from - rise >= 0.05) stages.push({ steady: duration((until - from - rise) * 1000), at: users(count) });
    from = until;
    before = count;
  }
  return stages;
}

function number(value: Value | undefined): number | undefined {
  if (value instanceof Range) return undefined;
  return typeof value === "number" ? value : undefined;
}
