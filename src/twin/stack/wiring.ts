import { type Findings, nearest } from "../../plan/index.ts";
import type { BoundPart } from "./parts/bind.ts";

/** The parts as far as they can be read. */
export interface Wiring {
  readonly parts: ReadonlyMap<string, BoundPart>;
  /** Every part as written, also those that cannot be read. */
  readonly named: ReadonlySet<string>;
  /** What stands anywhere in those parts that are not right as a whole, by part: any of it may be the name of a part. */
  readonly mentions: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Checks how the parts name each other, and finds the entry; `undefined` where it is not clear. */
export function checkWiring(wiring: Wiring, entry: unknown, findings: Findings): string | undefined {
  const { parts, named, mentions } = wiring;
  unknownNames(parts, named, findings);
  const cyclic = cycles(parts, findings);
  const start =
    entry === undefined
      ? soleEntry(wiring, mentions.size === 0 && !cyclic, findings)
      : writtenEntry(entry, named, findings);
  if (start !== undefined) unreachable(wiring, start, findings);
  return start;
}

/** The parts that a part names, or may name. */
function namedBy(name: string, { parts, mentions }: Wiring): readonly string[] {
  return [...(mentions.get(name) ?? []), ...(parts.get(name)?.links ?? []).map((link) => link.part)];
}

function unknownNames(parts: ReadonlyMap<string, BoundPart>, named: ReadonlySet<string>, findings: Findings): void {
  for (const [name, part] of parts) {
    for (const link of part.links) {
      if (named.has(link.part)) continue;
      findings.fault({
        code: "STACK_UNKNOWN_PART",
        path: ["parts", name, ...link.path],
        message: `there is no part \`${link.part}\``,
        hint: suggestion(link.part, named),
        bare: true,
      });
    }
  }
}

function suggestion(name: string, named: ReadonlySet<string>): string {
  const meant = nearest(name, named);
  return meant ? `Did you mean \`${meant}\`?` : `Name one of ${[...named].join(", ")}, or add \`${name}:\` to parts.`;
}

/** Reports each link that closes a circle; a call would go round for ever. */
function cycles(parts: ReadonlyMap<string, BoundPart>, findings: Findings): boolean {
  const state = new Map<string, "open" | "done">();
  let found = false;
  const visit = (name: string, way: readonly string[]): void => {
    const part = parts.get(name);
    if (!part) return;
    state.set(name, "open");
    for (const link of part.links) {
      const there = state.get(link.part);
      if (there === "open") {
        found = true;
        const circle = [...way.slice(way.indexOf(link.part)), link.part].join(" -> ");
        findings.fault({
          code: "STACK_CYCLE",
          path: ["parts", name, ...link.path],
          message: `the parts go round in a circle: ${circle}`,
          hint: "Point this at a part that does not lead back here.",
          bare: true,
        });
      } else if (there === undefined) visit(link.part, [...way, link.part]);
    }
    state.set(name, "done");
  };
  for (const name of parts.keys()) if (!state.has(name)) visit(name, [name]);
  return found;
}

/** The part that an unknown name was probably meant for still tells which parts nothing reaches. */
function writtenEntry(entry: unknown, named: ReadonlySet<string>, findings: Findings): string | undefined {
  if (typeof entry !== "string") return undefined;
  if (named.has(entry)) return entry;
  findings.fault({
    code: "STACK_UNKNOWN_PART",
    path: ["entry"],
    message: `there is no part \`${entry}\``,
    hint: suggestion(entry, named),
    bare: true,
  });
  return nearest(entry, named);
}

function soleEntry(wiring: Wiring, judged: boolean, findings: Findings): string | undefined {
  const linked = new Set([...wiring.named].flatMap((name) => namedBy(name, wiring)));
  const candidates = [...wiring.named].filter((name) => !linked.has(name));
  if (candidates.length === 1) return candidates[0];
  if (!judged) return undefined;
  const none = candidates.length === 0;
  findings.fault({
    code: none ? "STACK_EMPTY" : "STACK_ENTRY",
    path: none ? ["parts"] : [],
    message: none ? "the stack has no parts" : `several parts could be the entry: ${candidates.join(", ")}`,
    hint: none ? "Add a part, such as `llm: { kind: pool, preset: tiny }`." : `Write \`entry: ${candidates[0]}\`.`,
    bare: true,
  });
  return undefined;
}

function unreachable(wiring: Wiring, start: string, findings: Findings): void {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...namedBy(name, wiring));
  }
  for (const name of wiring.named) {
    if (reached.has(name)) continue;
    findings.fault({
      code: "STACK_UNREACHABLE",
      path: ["parts", name],
      message: `no request ever reaches \`${name}\``,
      hint: `Name it in another part, or remove it.`,
      atKey: true,
      bare: true,
    });
  }
}
