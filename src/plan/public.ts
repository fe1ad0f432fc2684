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

/**
 * Twelve hex digits that are the same for plans that ask for the same test: secrets, run folder, proxy, number of workers, the folders of
 * files, what is observed and where figures go do not count.
 */
export function planHash(plan: Plan): string {
  const { runs: _runs, observe: _observe, export: _export, generator, target, ...rest } = publicPlan(plan);
  const { workers: _workers, ...kept } = generator;
  const { proxy: _proxy, ...reached } = target;
  return createHash("sha256")
    .update(canonical({ ...rest, generator: kept, target: reached }))
    .digest("hex")
    .slice(0, HASH_LENGTH);
}

/** JSON with sorted keys; files by name only. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if ((key === "file" || key === "ca") && typeof item === "string") return basename(item);
    return isMapping(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}
