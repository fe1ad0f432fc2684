import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PROTOCOLS } from "../plan/index.ts";
import { PROTOCOL_CHOICES } from "./protocol-choices.ts";

const STATIC = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;

/** Packages that a file brings with it as soon as it is loaded; imports inside functions do not count. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(STATIC)) {
      if (name.startsWith(".")) visit(resolve(dirname(file), name));
      else if (!name.startsWith("node:")) packages.add(name);
    }
  };
  visit(fileURLToPath(new URL(entry, import.meta.url)));
  return packages;
}

describe("what is loaded before it is needed", () => {
  it("is nothing but the argument parser for the command line, so that --help answers at once", () => {
    expect([...packagesOf("./main.ts")]).toEqual(["commander"]);
  });

  it("is nothing at all for the library, so that a plan in TypeScript loads at once", () => {
    expect([...packagesOf("../index.ts")]).toEqual([]);
  });

  it("offers every protocol that a plan knows", () => {
    expect(PROTOCOL_CHOICES).toEqual(PROTOCOLS);
  });
});
