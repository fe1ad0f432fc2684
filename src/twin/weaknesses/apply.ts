import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { isMapping, nearest } from "../../plan/index.ts";
import { resolveStack, type StackSpec } from "../stack/index.ts";
import { WEAKNESSES } from "./table.ts";
import type { Changes, PlantedPart, StackView, Weakness } from "./types.ts";

/** The same stack with weaknesses planted, one after the other. Throws a PlimsollError (exit code 104) with every name that is unknown or does not fit. */
export function applyWeaknesses(spec: StackSpec, names: readonly string[]): StackSpec {
  const faults: Fault[] = [];
  let planted = spec;
  for (const name of new Set(names)) {
    const weakness = WEAKNESSES.find((one) => one.name === name);
    const changes = weakness?.plant(viewOf(planted));
    if (weakness === undefined) faults.push(unknown(name));
    else if (changes === undefined) faults.push(unfit(weakness, spec));
    else planted = changed(planted, changes);
  }
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return planted;
}

/** The weaknesses that can be planted in this stack. */
export function fittingWeaknesses(spec: StackSpec): readonly Weakness[] {
  const view = viewOf(spec);
  return WEAKNESSES.filter((weakness) => weakness.plant(view) !== undefined);
}

function viewOf(spec: StackSpec): StackView {
  const source = spec.source.parts;
  const written = isMapping(source) ? source : {};
  const all = [...spec.parts].map(([name, part]): PlantedPart & { readonly kind: string } => {
    const raw = written[name];
    const links = part.links.map((link) => link.part);
    return { name, kind: part.kind, raw: isMapping(raw) ? raw : {}, spec: part.spec, links };
  });
  return {
    parts: (kind) => all.filter((part) => part.kind === kind),
    part: (name) => all.find((part) => part.name === name),
  };
}

function changed(spec: StackSpec, changes: Changes): StackSpec {
  const source = spec.source.parts;
  const parts: Record<string, unknown> = isMapping(source) ? { ...source } : {};
  for (const [name, fields] of Object.entries(changes)) {
    const own = parts[name];
    const merged = Object.entries({ ...(isMapping(own) ? own : {}), ...fields });
    parts[name] = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  }
  return resolveStack({ ...spec.source, name: spec.name, seed: spec.seed, entry: spec.entry, parts });
}

function unknown(name: string): Fault {
  const names = WEAKNESSES.map((weakness) => weakness.name);
  const meant = nearest(name, names);
  return {
    code: "WEAKNESS_UNKNOWN",
    message: `there is no weakness ${name}`,
    path: "--weakness",
    received: name,
    hint: meant === undefined ? "Run plimsoll twin weaknesses to see them." : `Did you mean \`${meant}\`?`,
  };
}

function unfit({ name, needs }: Weakness, spec: StackSpec): Fault {
  return {
    code: "WEAKNESS_UNFIT",
    message: `${name} needs ${needs}, and ${spec.name} has none`,
    path: "--weakness",
    received: name,
    hint: "Run plimsoll twin weaknesses STACK to see those that fit a stack.",
  };
}
