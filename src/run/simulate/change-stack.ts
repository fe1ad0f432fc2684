import type { StackChange } from "../../analyse/index.ts";
import { PlimsollError } from "../../base/index.ts";
import { isMapping } from "../../plan/index.ts";
import { resolveStack, type StackSpec } from "../../twin/index.ts";

type Mapping = Readonly<Record<string, unknown>>;
type Field = StackChange["fields"][number];

/**
 * The same stack with a change at a component (`part`, or `part/replica`); undefined where the change alters nothing in it, or where its parts forbid it
 * (an autoscaled pool's own replicas).
 */
export function changedStack(spec: StackSpec, change: StackChange, component: string): StackSpec | undefined {
  const written: Mapping = isMapping(spec.source.parts) ? spec.source.parts : {};
  const parts: Record<string, unknown> = { ...written };
  let changed = false;
  for (const [name, part] of spec.parts) {
    const meant = change.kind === undefined ? component.split("/")[0] === name : part.kind === change.kind;
    if (!meant) continue;
    const raw = written[name];
    let fields: Mapping = isMapping(raw) ? raw : {};
    for (const field of change.fields) {
      const next = altered(at(part.spec, field.path), at(fields, field.path), field);
      if (next === undefined) continue;
      fields = placed(fields, field.path, next === null ? undefined : next);
      changed = true;
    }
    parts[name] = fields;
  }
  if (!changed) return undefined;
  try {
    return resolveStack({ ...spec.source, name: spec.name, seed: spec.seed, entry: spec.entry, parts });
  } catch (error) {
    if (error instanceof PlimsollError) return undefined;
    throw error;
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isMapping(inner) ? inner[name] : undefined), value);
}

/** What a field becomes; undefined where the change says nothing to its value. */
function altered(checked: unknown, written: unknown, { times, plus, to }: Field): Field["to"] {
  if (to === null) return written === undefined ? undefined : null;
  if (to !== undefined) return checked === undefined || checked === to ? undefined : to;
  if (typeof checked !== "number") return undefined;
  const next = checked * (times ?? 1) + (plus ?? 0);
  return Number.isInteger(checked) ? Math.max(1, Math.round(next)) : next;
}

function placed(value: Mapping, [name = "", ...rest]: readonly string[], next: unknown): Mapping {
  const inner = value[name];
  const placedInner = rest.length === 0 ? next : placed(isMapping(inner) ? inner : {}, rest, next);
  return Object.fromEntries(Object.entries({ ...value, [name]: placedInner }).filter(([, one]) => one !== undefined));
}
