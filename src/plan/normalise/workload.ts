import type { z } from "zod";
import { lenient } from "../lenient.ts";
import { isMapping, type Path } from "../path.ts";
import { arrivalsSchema, personaSchema, workloadSchema } from "../schema/workload.ts";
import type { Arrivals, Persona, PromptSource, Target, WorkloadPlan } from "../types.ts";
import { readBehaviour } from "./behaviour.ts";
import { type Context, orDefault } from "./context.ts";
import { readFeeds } from "./feeds.ts";
import { checkDistribution, readPrompts } from "./prompts.ts";
import { readRegions } from "./regions.ts";
import { weibullCv } from "./weibull.ts";

/** Personas and arrivals; `names` are those of the personas that could be read, for the limits that name them. */
export function normaliseWorkload(
  raw: unknown,
  target: Target | undefined,
  ctx: Context,
): { workload: WorkloadPlan; names: readonly string[] } {
  const section = isMapping(raw) ? raw : {};
  const list = Array.isArray(section["personas"]) ? section["personas"] : undefined;
  const personas = list ? readPersonas(list, target?.timeouts, ctx) : [builtinPersona(ctx)];
  const names = list
    ? list.flatMap((entry: unknown) => (isMapping(entry) && typeof entry["name"] === "string" ? [entry["name"]] : []))
    : ["user"];
  const feeds = lenient(workloadSchema.pick({ feeds: true }), { feeds: section["feeds"] })?.value.feeds;
  const tenants = lenient(workloadSchema.pick({ tenants: true }), { tenants: section["tenants"] })?.value.tenants;
  const maxUsers = lenient(workloadSchema.pick({ maxUsers: true }), { maxUsers: section["maxUsers"] })?.value.maxUsers;
  return {
    workload: {
      personas,
      arrivals: readArrivals(section["arrivals"], ctx),
      ...(tenants === undefined ? {} : { tenants: { count: tenants.count, exponent: tenants.exponent ?? 1 } }),
      ...readRegions(section, target, ctx),
      ...(feeds === undefined ? {} : { feeds: readFeeds(feeds, ctx) }),
      ...(maxUsers === undefined ? {} : { maxUsers }),
    },
    names,
  };
}

function builtinPersona(ctx: Context): Persona {
  ctx.findings.defaults.push({ path: "workload.personas", value: "one, `user`, from the built-in mixed set" });
  return { name: "user", weight: 1, prompts: { kind: "builtin", set: "mixed" }, think: { kind: "fixed", value: 0 } };
}

function readPersonas(list: readonly unknown[], timeouts: Target["timeouts"] | undefined, ctx: Context): Persona[] {
  const seen = new Set<string>();
  return list.flatMap((entry, i) => {
    const path: Path = ["workload", "personas", i];
    const read = lenient(personaSchema, entry);
    if (!read) return [];
    const written = read.value;
    const named = (message: string, hint: string): void =>
      ctx.findings.fault({ code: "PLAN_NAME", path: [...path, "name"], message, hint });
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(written.name))
      named("a persona's name is letters, digits, `-`, `_` and `.`", `Write ${slug(written.name)}.`);
    if (seen.has(written.name)) named("another persona has this name", "Give each persona a name of its own.");
    seen.add(written.name);
    const at = `workload.personas[${i}]`;
    const maxTokens = written.maxTokens && checkDistribution(written.maxTokens, [...path, "maxTokens"], ctx);
    const prompts = written.prompts === undefined ? undefined : readPrompts(written.prompts, [...path, "prompts"], ctx);
    if (prompts?.order === "unique") checkUnique(prompts, written, path, ctx);
    return [
      {
        name: written.name,
        weight: orDefault(written.weight, 1, `${at}.weight`, "1", ctx),
        prompts: orDefault<PromptSource>(prompts, { kind: "builtin", set: "mixed" }, `${at}.prompts`, "mixed", ctx),
        ...(written.system === undefined ? {} : { system: written.system }),
        ...(written.turns === undefined ? {} : { turns: written.turns }),
        ...readBehaviour(written, path, timeouts, ctx),
        ...(maxTokens === undefined ? {} : { maxTokens }),
      },
    ];
  });
}

/** A session that draws again would need more entries than one can count beforehand. */
function checkUnique(
  prompts: PromptSource,
  { turns, tabs, returns }: z.output<typeof personaSchema>,
  path: Path,
  ctx: Context,
): void {
  for (const [field, written] of Object.entries({ tabs, returns })) {
    if (written === undefined) continue;
    ctx.findings.fault({
      code: "PLAN_CONFLICT",
      path: [...path, field],
      message: `unique prompts are one a user, who then has no more than one session`,
      hint: `Remove ${field}, or write \`order: shuffled\`.`,
    });
  }
  if (turns === undefined || (turns.kind === "fixed" && turns.value === 1)) return;
  ctx.findings.fault({
    code: "PLAN_CONFLICT",
    path: [...path, "turns"],
    message: `${prompts.order} prompts are one a session, with as many turns as each has`,
    hint: "Remove turns, or write `order: shuffled`.",
  });
}

function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|-+$/gu, "") || "a name such as researcher";
}

function readArrivals(raw: unknown, ctx: Context): Arrivals {
  const bursts = lenient(arrivalsSchema, raw ?? {})?.value.bursts;
  if (bursts !== undefined && bursts.every <= bursts.for) {
    ctx.findings.fault({
      code: "PLAN_SPAN",
      path: ["workload", "arrivals", "bursts", "every"],
      message: "bursts last longer than the time from one to the next",
      hint: "Write an `every` above `for`.",
    });
  }
  return { ...readProcess(raw, ctx), ...(bursts === undefined ? {} : { bursts }) };
}

function readProcess(raw: unknown, ctx: Context): Arrivals {
  const read = lenient(arrivalsSchema, raw ?? {});
  if (!read || read.cut.has("process")) return { process: "poisson", cv: 1 };
  const { cv, shape } = read.value;
  const process = orDefault(read.value.process, "poisson", "workload.arrivals.process", "poisson", ctx);
  const at = (field: string): Path => ["workload", "arrivals", field];
  const conflict = (field: string, message: string, hint: string): void =>
    ctx.findings.fault({ code: "PLAN_CONFLICT", path: at(field), message, hint });
  if (shape !== undefined && process !== "weibull")
    conflict(
      "shape",
      `${process} arrivals have no shape`,
      process === "gamma" ? "Write cv instead." : "Remove shape, or write process: weibull.",
    );
  if (process === "constant" || process === "poisson") {
    if (cv !== undefined)
      conflict("cv", `${process} arrivals have no cv to choose`, "Remove cv, or write process: gamma.");
    return { process, cv: process === "constant" ? 0 : 1 };
  }
  if (process === "weibull" && shape !== undefined) {
    if (cv !== undefined) conflict("shape", "cv and shape say the same thing twice", "Remove one of the two.");
    return { process, cv: cv ?? weibullCv(shape) };
  }
  if (cv === undefined && !read.cut.has("cv") && !read.cut.has("shape")) {
    ctx.findings.fault({
      code: "PLAN_MISSING",
      path: at("cv"),
      message: `${process} arrivals need a cv`,
      hint: "Add `cv: 1.4`: above 1 comes in bursts, below 1 evenly.",
      bare: true,
    });
  }
  return { process, cv: cv ?? 1 };
}
