import { createHash } from "node:crypto";
import { basename } from "node:path";
import { redactor } from "../base/index.ts";
import { isMapping } from "./path.ts";
import { isSecretHeader, redactUrl } from "./secrets.ts";
import type { Plan } from "./types.ts";

/** A plan without its secrets: what may be written to a file or shown. */
export type PublicPlan = Omit<Plan, "secrets">;

/** What a plan sends requests to. */
type Place = Pick<Plan["target"], "url" | "headers" | "proxy">;

export function publicPlan(plan: Plan): PublicPlan {
  const { secrets, ...rest } = plan;
  const known = new Set(secrets);
  const redact = redactor(secrets);
  const publicPlace = <T extends Place>(place: T): T => ({
    ...place,
    url: redactUrl(place.url),
    headers: Object.fromEntries(
      Object.entries(place.headers).map(([name, value]) => [
        name,
        isSecretHeader(name) || known.has(value) ? "***" : value,
      ]),
    ),
    ...(place.proxy === undefined ? {} : { proxy: redactUrl(place.proxy) }),
  });
  const { prometheus, server } = plan.observe;
  const { remoteWrite, otlp } = plan.export;
  return mapTexts(
    {
      ...rest,
      target: publicPlace(plan.target),
      observe: {
        ...plan.observe,
        prometheus: prometheus.map(publicPlace),
        ...(server === undefined ? {} : { server: publicPlace(server) }),
      },
      export: {
        ...plan.export,
        ...(remoteWrite === undefined ? {} : { remoteWrite: publicPlace(remoteWrite) }),
        ...(otlp === undefined ? {} : { otlp: publicPlace(otlp) }),
      },
    },
    (text) => (known.has(text) ? "***" : redact(text)),
  );
}

/** The same shape with every text replaced. */
function mapTexts<T>(value: T, replace: (text: string) => string): T;
function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, replace));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, replace)]));
}

const HASH_LENGTH = 12;

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Twelve hex digits that are the same for plans that ask for the same test: secrets, run folder, proxy, number of workers, the folders of
 * files, what is observed and where figures go do not count.
 */
export function planHash(plan: Plan): string {
  return hashOf({ ...publicPlan(plan) });
}

function hashOf({ runs: _runs, observe: _observe, export: _export, generator, target, ...rest }: Mapping): string {
  const counted = {
    ...rest,
    generator: without(generator, "workers"),
    target: without(target, "proxy"),
  };
  return createHash("sha256").update(canonical(counted)).digest("hex").slice(0, HASH_LENGTH);
}

function without(value: unknown, name: string): unknown {
  return isMapping(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) : value;
}

/**
 * The plan that a run's `plan.json` tells, without its secrets: enough to be simulated, not to be run. Undefined where its hash is not the one that the run
 * wrote down, as of a folder that was changed or that another version wrote.
 */
export function planOfRun(manifest: Mapping, hash: string): Plan | undefined {
  const { run: _run, ...rest } = manifest;
  const plan = { ...rest, secrets: [] };
  return isPlan(plan, hash) ? plan : undefined;
}

/** A hash that only `planHash` makes of a plan proves that these fields are one, as far as it counts them. */
function isPlan(plan: Mapping, hash: string): plan is Mapping & Plan {
  const { secrets: _secrets, ...told } = plan;
  return (
    isMapping(plan["observe"]) && isMapping(plan["export"]) && typeof plan["runs"] === "string" && hashOf(told) === hash
  );
}

const FILE_KEYS = new Set(["file", "files", "folder", "ca"]);

/** JSON with sorted keys; files by name only. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (FILE_KEYS.has(key) && typeof item === "string") return basename(item);
    return isMapping(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}
